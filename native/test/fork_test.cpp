// Children made by fork() use, close and open devices: nothing hangs or crashes, whatever the parent's threads were doing. Not in
// the ThreadSanitizer's program, which ends children that start threads.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "device/forks.h"
#include "test/harness.h"
#include "test/rig.h"

using namespace leash::test;

namespace {

// Enough elements for a call to be shared among threads.
struct Shared {
    static constexpr int64_t kRows = 16;
    static constexpr int64_t kVocab = 2048;
    std::vector<float> logits = std::vector<float>(kRows * kVocab, 0.5f);
    std::vector<float> entropies = std::vector<float>(kRows);

    leash_status run(leash_device* device) {
        leash_entropy_args args = {};
        args.rows.logits = {logits.data(), kRows, kVocab, kVocab, LEASH_F32, 0};
        args.rows.temperature = 1;
        args.rows.variant = LEASH_VARIANT_AUTO;
        args.entropy = entropies.data();
        return leash_entropy(device, &args);
    }
};

int32_t threads_of(leash_device* device) {
    leash_device_properties properties = {};
    CHECK_EQ(leash_device_get_properties(device, &properties), LEASH_OK);
    return properties.threads;
}

// The exit status of a child that runs the body, which returns the number of the first step that failed, or 0. A child that has not
// ended after 20 s is killed by its alarm.
int in_child(const std::function<int()>& body) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(20);
        _exit(body());
    }
    int status = 0;
    CHECK_EQ(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int use_and_close(leash_device* device) {
    Shared shared;
    for (int i = 0; i < 3; i++) {
        if (shared.run(device) != LEASH_OK) return 1;
    }
    for (const float entropy : shared.entropies) {
        if (entropy != shared.entropies[0]) return 2;
    }
    if (threads_of(device) != 1) return 3;
    return leash_device_close(device) == LEASH_OK ? 0 : 4;
}

}  // namespace

TEST(children_use_and_close_idle_devices) {
    for (const int32_t threads : {1, 2, 4}) {
        const Context context(std::to_string(threads) + " threads");
        const OpenDevice device(threads);
        Shared shared;
        for (int i = 0; i < 25; i++) {
            CHECK_EQ(shared.run(device), LEASH_OK);
            // From workers that spin to workers that sleep.
            std::this_thread::sleep_for(std::chrono::microseconds(10 * (i % 8)));
            CHECK_EQ(in_child([&] { return use_and_close(device); }), 0);
        }
        CHECK_EQ(threads_of(device), threads);
        CHECK_EQ(shared.run(device), LEASH_OK);
    }
}

TEST(children_use_and_close_devices_in_the_middle_of_a_call) {
    for (const int32_t threads : {1, 2, 4}) {
        const Context context(std::to_string(threads) + " threads");
        const OpenDevice device(threads);
        // All that is allocated is allocated before: AddressSanitizer's own locks do not survive a fork.
        Shared shared;
        std::atomic<bool> stopping{false};
        std::atomic<int> calls{0};
        std::thread caller([&] {
            while (!stopping) {
                if (shared.run(device) != LEASH_OK) std::abort();
                calls++;
            }
        });
        while (calls < 2) std::this_thread::yield();
        for (int i = 0; i < 25; i++) CHECK_EQ(in_child([&] { return use_and_close(device); }), 0);
        stopping = true;
        caller.join();
    }
}

TEST(devices_opened_in_children_have_all_their_threads) {
    const OpenDevice parents(4);
    Shared shared;
    CHECK_EQ(shared.run(parents), LEASH_OK);
    for (int i = 0; i < 10; i++) {
        CHECK_EQ(in_child([&] {
                     leash_device_options options = {};
                     options.threads = 3;
                     leash_device* own = nullptr;
                     if (leash_device_open(LEASH_DEVICE_CPU, 0, &options, &own) != LEASH_OK) return 10;
                     if (threads_of(own) != 3 || shared.run(own) != LEASH_OK || shared.run(parents) != LEASH_OK) return 11;
                     // A grandchild, of a process with threads of its own.
                     const int below = in_child([&] { return use_and_close(own) + use_and_close(parents); });
                     if (below != 0) return 12;
                     return leash_device_close(own) == LEASH_OK ? 0 : 13;
                 }),
                 0);
    }
}

TEST(several_threads_of_a_child_share_a_device_of_its_parent) {
    const OpenDevice device(4);
    Shared shared;
    CHECK_EQ(shared.run(device), LEASH_OK);
    CHECK_EQ(in_child([&] {
                 std::atomic<int> failures{0};
                 std::vector<std::thread> callers;
                 for (int i = 0; i < 3; i++) {
                     callers.emplace_back([&] {
                         Shared own;
                         for (int k = 0; k < 50; k++) failures += own.run(device) != LEASH_OK;
                     });
                 }
                 for (std::thread& caller : callers) caller.join();
                 return failures.load() + use_and_close(device);
             }),
             0);
}

namespace {

// Does in a thread what children do, too, while they are forked.
void fork_during(const std::function<int()>& step) {
    std::atomic<bool> stopping{false};
    std::atomic<int> steps{0};
    std::thread other([&] {
        while (!stopping) {
            if (step() != 0) std::abort();
            steps++;
        }
    });
    while (steps < 2) std::this_thread::yield();
    for (int i = 0; i < 25; i++) CHECK_EQ(in_child(step), 0);
    stopping = true;
    other.join();
}

struct Nothing final : leash::Forkable {
    void before_fork() noexcept override {}
    void after_fork_in_parent() noexcept override {}
    void after_fork_in_child() noexcept override {}
};

}  // namespace

TEST(objects_register_during_forks) {
    fork_during([] {
        Nothing one;
        Nothing two;
        const leash::ForkRegistration first(&one);
        const leash::ForkRegistration second(&two);
        return 0;
    });
}

TEST(devices_open_and_close_during_forks) {
#if defined(__SANITIZE_ADDRESS__)
    report_skipped("devices opened during forks: AddressSanitizer's allocator does not survive them");
#else
    fork_during([] {
        const OpenDevice device(3);
        return threads_of(device) == 3 ? 0 : 20;
    });
#endif
}

TEST(choices_are_set_during_forks) {
    fork_during([] { return leash_choices_set(nullptr, 0) == LEASH_OK ? 0 : 21; });
}

TEST(memory_and_events_serve_children) {
    const OpenDevice device(2);
    void* memory = nullptr;
    leash_event* event = nullptr;
    CHECK_EQ(leash_allocate(device, 100, &memory), LEASH_OK);
    CHECK_EQ(leash_event_create(device, &event), LEASH_OK);
    CHECK_EQ(in_child([&] {
                 if (leash_event_record(device, event) != LEASH_OK || leash_event_destroy(event) != LEASH_OK) return 30;
                 return leash_free(device, memory) == LEASH_OK ? use_and_close(device) : 31;
             }),
             0);
    CHECK_EQ(leash_event_destroy(event), LEASH_OK);
    CHECK_EQ(leash_free(device, memory), LEASH_OK);
}
