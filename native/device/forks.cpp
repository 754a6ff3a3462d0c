#include "device/forks.h"

#include <pthread.h>

#include <atomic>

#include "device/status.h"

namespace leash {

namespace {

std::atomic<uint32_t> fork_count{0};
// Guards the list, and is held from before a fork until after it.
std::mutex mutex;
ForkRegistration* first = nullptr;

}  // namespace

struct ForkHandlers {
    static void before() {
        mutex.lock();
        for (ForkRegistration* each = first; each != nullptr; each = each->next_) each->object_->before_fork();
    }
    static void in_parent() {
        for (ForkRegistration* each = first; each != nullptr; each = each->next_) each->object_->after_fork_in_parent();
        mutex.unlock();
    }
    static void in_child() {
        fork_count.fetch_add(1, std::memory_order_relaxed);
        for (ForkRegistration* each = first; each != nullptr; each = each->next_) each->object_->after_fork_in_child();
        mutex.unlock();
    }
};

namespace {

// When the library is loaded: a fork during a later, first registration would not be noticed.
const int registration_error = pthread_atfork(ForkHandlers::before, ForkHandlers::in_parent, ForkHandlers::in_child);

}  // namespace

uint32_t forks() { return fork_count.load(std::memory_order_relaxed); }

std::unique_lock<std::mutex> without_forks() { return std::unique_lock<std::mutex>(mutex); }

ForkRegistration::ForkRegistration(Forkable* object) : object_(object) {
    if (registration_error != 0) {
        fail(LEASH_ERROR_OUT_OF_MEMORY, "the system refused handlers of fork (error %d) when the library was loaded; free memory and restart",
             registration_error);
    }
    const auto lock = without_forks();
    next_ = first;
    if (first != nullptr) first->previous_ = this;
    first = this;
}

ForkRegistration::~ForkRegistration() {
    const auto lock = without_forks();
    (previous_ == nullptr ? first : previous_->next_) = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
}

}  // namespace leash
