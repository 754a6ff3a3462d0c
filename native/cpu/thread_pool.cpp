#include "cpu/thread_pool.h"

#include <csignal>

#include <algorithm>
#include <chrono>
#include <new>
#include <system_error>

namespace leash::cpu {

namespace {

constexpr uint64_t kGeneration = uint64_t{1} << 32;
constexpr uint64_t kClosed = uint64_t{1} << 31;
constexpr uint64_t kJoined = kClosed - 1;

// Longer than the gap between calls of a busy caller, yet negligible on an idle machine.
constexpr std::chrono::microseconds kSpin{20};

void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// Spins for a while; returns whether the condition became true.
template <class Condition>
bool spin_until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + kSpin;
    do {
        for (int i = 0; i < 16; i++) {
            if (condition()) return true;
            pause();
        }
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

// Leaves the host's signals to its own threads. Those that a thread causes itself stay: blocked, they would end the process past
// the host's handlers.
class SignalsBlocked {
  public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS}) sigdelset(&all, fault);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_;
};

}  // namespace

ThreadPool::ThreadPool(int threads) : state_(kClosed) {
    const SignalsBlocked inherited_by_the_workers;
    try {
        workers_.reserve(static_cast<size_t>(threads) - 1);
        for (int number = 1; number < threads; number++) {
            workers_.push_back({this, number, {}});
            const int error = pthread_create(&workers_.back().thread, nullptr, start, &workers_.back());
            if (error != 0) {
                workers_.pop_back();
                throw std::system_error(error, std::generic_category(), "pthread_create");
            }
        }
    } catch (...) {
        stop();
        throw;
    }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::stop() {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (const Worker& worker : workers_) pthread_join(worker.thread, nullptr);
}

void ThreadPool::forget_threads() noexcept {
    workers_.clear();
    // In any state, and with waiters that do not exist: neither to be used nor to be destroyed.
    new (&mutex_) std::mutex;
    new (&wake_) std::condition_variable;
    new (&left_) std::condition_variable;
    sleeping_ = 0;
    state_ = kClosed;
}

void* ThreadPool::start(void* worker) {
    const Worker& self = *static_cast<const Worker*>(worker);
    self.pool->work(self.number);
    return nullptr;
}

void ThreadPool::run(int64_t tasks, Body body, void* context) {
    if (tasks <= 1 || workers_.empty()) {
        for (int64_t task = 0; task < tasks; task++) body(context, 0, task);
        return;
    }
    body_ = body;
    context_ = context;
    tasks_ = tasks;
    next_task_.store(0, std::memory_order_relaxed);
    // The state is closed and empty; the addition opens the next generation. Sequentially consistent, as is sleep(): either
    // this thread sees a worker asleep or the worker sees the new generation.
    state_.fetch_add(kGeneration - kClosed);
    if (sleeping_.load() > 0) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const int64_t useful = std::min<int64_t>(tasks - 1, sleeping_.load());
        for (int64_t i = 0; i < useful; i++) wake_.notify_one();
    }
    drain(0);
    state_.fetch_or(kClosed);
    const auto all_left = [this] { return (state_.load(std::memory_order_acquire) & kJoined) == 0; };
    if (!spin_until(all_left)) {
        std::unique_lock<std::mutex> lock(mutex_);
        left_.wait(lock, all_left);
    }
}

void ThreadPool::drain(int worker) {
    const int64_t tasks = tasks_;
    for (int64_t task; (task = next_task_.fetch_add(1, std::memory_order_relaxed)) < tasks;) {
        body_(context_, worker, task);
    }
}

void ThreadPool::work(int worker) {
    uint64_t last_generation = 0;
    const auto joined_or_stopping = [&] { return join_run(&last_generation) || stopping_; };
    while (!stopping_) {
        if (!spin_until(joined_or_stopping)) {
            sleep(&last_generation);
            continue;
        }
        if (stopping_) break;
        drain(worker);
        leave_run();
    }
}

// Joins the run in progress unless this worker has already joined it.
bool ThreadPool::join_run(uint64_t* last_generation) {
    uint64_t state = state_.load(std::memory_order_relaxed);
    while ((state & kClosed) == 0 && state >> 32 != *last_generation) {
        if (state_.compare_exchange_weak(state, state + 1, std::memory_order_acquire, std::memory_order_relaxed)) {
            *last_generation = state >> 32;
            return true;
        }
    }
    return false;
}

void ThreadPool::leave_run() {
    const uint64_t before = state_.fetch_sub(1, std::memory_order_release);
    if ((before & kClosed) != 0 && (before & kJoined) == 1) {
        const std::lock_guard<std::mutex> lock(mutex_);
        left_.notify_one();
    }
}

// Waits for a run that this worker has neither joined nor missed. A worker that wakes after the end of a run has missed it and
// spins for the next: of calls in quick succession, all but the first are shared.
void ThreadPool::sleep(uint64_t* last_generation) {
    std::unique_lock<std::mutex> lock(mutex_);
    sleeping_.fetch_add(1);
    uint64_t state = 0;
    wake_.wait(lock, [&] {
        state = state_.load();
        return stopping_ || state >> 32 != *last_generation;
    });
    sleeping_.fetch_sub(1);
    if ((state & kClosed) != 0) *last_generation = state >> 32;
}

}  // namespace leash::cpu
