// A fixed set of threads that share the tasks of one call.
//
// run() hands out the tasks 0 .. tasks - 1 one by one, in order, to whichever thread is free; the caller takes part as
// worker 0. Which worker gets which task varies, so a task must not care. After a run the workers look out for the next
// one for some 20 us before they sleep. A worker that wakes too late for a run is not waited for: a short call costs no
// more than its work. run() allocates nothing and is to be called by one thread at a time.
#ifndef LEASH_CPU_THREAD_POOL_H
#define LEASH_CPU_THREAD_POOL_H

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace leash::cpu {

class ThreadPool {
  public:
    // worker is in [0, threads()), and no two tasks run at once with the same. A body must not throw.
    using Body = void (*)(void* context, int worker, int64_t task);

    // threads >= 1. Throws std::system_error when the system refuses a thread.
    explicit ThreadPool(int threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    int threads() const { return static_cast<int>(workers_.size()) + 1; }

    void run(int64_t tasks, Body body, void* context);

  private:
    void work(int worker);
    void drain(int worker);
    bool join_run(uint64_t* last_generation);
    void leave_run();
    void sleep(uint64_t* last_generation);
    void stop();

    // The run in progress: written while it is closed, read only by workers that have joined it.
    Body body_ = nullptr;
    void* context_ = nullptr;
    int64_t tasks_ = 0;
    alignas(64) std::atomic<int64_t> next_task_{0};

    // generation << 32 | closed << 31 | workers that have joined and not yet left.
    alignas(64) std::atomic<uint64_t> state_;
    std::atomic<int> sleeping_{0};
    std::atomic<bool> stopping_{false};

    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable left_;
    std::vector<std::thread> workers_;
};

}  // namespace leash::cpu

#endif
