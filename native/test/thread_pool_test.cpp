// The thread pool, with pools of all sizes: every task runs once, concurrent tasks have different workers, results are visible.
// Also runs under ThreadSanitizer (make test-thread).
#include "cpu/thread_pool.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "test/harness.h"

using leash::cpu::ThreadPool;
using namespace leash::test;

namespace {

struct Run {
    std::vector<int> times_run;        // by task, not atomic: a task that ran twice at once would be a race
    std::vector<int64_t> by_worker;    // not atomic either
    std::vector<std::atomic<int>> inside;

    Run(int64_t tasks, int threads) : times_run(tasks), by_worker(threads), inside(threads) {}
};

void body(void* context, int worker, int64_t task) {
    Run& run = *static_cast<Run*>(context);
    CHECK_EQ(run.inside[worker]++, 0);
    run.times_run[task]++;
    run.by_worker[worker]++;
    run.inside[worker]--;
}

void check_run(ThreadPool& pool, int64_t tasks) {
    Run run(tasks, pool.threads());
    pool.run(tasks, body, &run);
    for (const int times : run.times_run) CHECK_EQ(times, 1);
    int64_t sum = 0;
    for (const int64_t count : run.by_worker) sum += count;
    CHECK_EQ(sum, tasks);
}

}  // namespace

TEST(every_task_runs_once) {
    for (const int threads : {1, 2, 3, 8}) {
        const Context context(std::to_string(threads) + " threads");
        ThreadPool pool(threads);
        CHECK_EQ(pool.threads(), threads);
        for (const int64_t tasks : {0, 1, 2, 3, 7, 100, 5000}) check_run(pool, tasks);
    }
}

TEST(runs_follow_at_any_pace) {
    ThreadPool pool(4);
    for (int i = 0; i < 3000; i++) check_run(pool, 1 + i % 9);
    for (int i = 0; i < 60; i++) {
        // Around the time at which workers fall asleep.
        std::this_thread::sleep_for(std::chrono::microseconds(10 * (i % 12)));
        check_run(pool, 16);
    }
}

TEST(workers_participate) {
    ThreadPool pool(2);
    std::atomic<int> arrived{0};
    // Neither task can end before the other has begun.
    const auto meet = [](void* context, int, int64_t) {
        auto& count = *static_cast<std::atomic<int>*>(context);
        count++;
        while (count < 2) std::this_thread::yield();
    };
    pool.run(2, meet, &arrived);
    CHECK_EQ(arrived.load(), 2);
}

TEST(pools_are_created_and_destroyed_repeatedly) {
    for (int i = 0; i < 50; i++) {
        ThreadPool idle(5);
        ThreadPool busy(3);
        check_run(busy, 20);
    }
}

TEST(pools_of_several_callers_are_independent) {
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 3; caller++) {
        callers.emplace_back([] {
            ThreadPool pool(2);
            std::atomic<int64_t> sum{0};
            const auto add = [](void* context, int, int64_t task) {
                *static_cast<std::atomic<int64_t>*>(context) += task;
            };
            for (int i = 0; i < 200; i++) pool.run(10, add, &sum);
            if (sum != 200 * 45) std::abort();
        });
    }
    for (std::thread& caller : callers) caller.join();
}

TEST(workers_leave_signals_to_the_host) {
    ThreadPool pool(2);
    struct Seen {
        std::atomic<int> arrived{0};
        sigset_t blocked[2];
    } seen;
    const auto note = [](void* context, int worker, int64_t) {
        Seen& all = *static_cast<Seen*>(context);
        pthread_sigmask(SIG_BLOCK, nullptr, &all.blocked[worker]);
        all.arrived++;
        while (all.arrived < 2) std::this_thread::yield();
    };
    pool.run(2, note, &seen);
    for (int signal = 1; signal <= SIGRTMAX; signal++) {
        // The C library's own.
        if (signal >= 32 && signal < SIGRTMIN) continue;
        const Context context("signal " + std::to_string(signal));
        bool is_fault = false;
        for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS}) is_fault |= signal == fault;
        const bool cannot_be_blocked = signal == SIGKILL || signal == SIGSTOP;
        CHECK_EQ(sigismember(&seen.blocked[1], signal) == 1, !is_fault && !cannot_be_blocked);
        CHECK_EQ(sigismember(&seen.blocked[0], signal), 0);
    }
}
