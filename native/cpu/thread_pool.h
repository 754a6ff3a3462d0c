// A fixed set of threads that share the tasks of one call.
//
// run() distributes the tasks 0 .. tasks - 1 one by one, in order, to free threads; the caller participates as worker 0. Results
// must not depend on the worker of a task. After a run, workers spin for some 20 us before they sleep. run() does not wait for
// workers that wake too late, so a short call costs no more than its work. run() allocates nothing; one caller at a time.
//
// The host's signals are blocked in the threads, except for those of a thread's own faults.
#ifndef LEASH_CPU_THREAD_POOL_H
#define LEASH_CPU_THREAD_POOL_H

#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

namespace leash::cpu {

class ThreadPool {
  public:
    // worker is in [0, threads()); concurrent tasks have different workers. A body must not throw.
    using Body = void (*)(void* context, int worker, int64_t task);

    // threads >= 1. Throws std::system_error if a thread cannot be created.
    explicit ThreadPool(int threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    int threads() const { return static_cast<int>(workers_.size()) + 1; }

    void run(int64_t tasks, Body body, void* context);

    // In a child made by fork(), which has none of the threads: runs are the caller's alone from here on.
    void forget_threads() noexcept;

  private:
    struct Worker {
        ThreadPool* pool;
        int number;
        pthread_t thread;
    };

    static void* start(void* worker);
    void work(int worker);
    void drain(int worker);
    bool join_run(uint64_t* last_generation);
    void leave_run();
    void sleep(uint64_t* last_generation);
    void stop();

    // The run in progress: written only while closed, read only by workers that have joined.
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
    // Not std::thread, whose destructor ends a process in which its thread does not exist.
    std::vector<Worker> workers_;
};

}  // namespace leash::cpu

#endif
