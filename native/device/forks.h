// What a fork makes of this library. Of all threads, only the one that calls fork() exists in the child: locks that others held stay
// locked, and waits for others never end. So objects with locks or threads register, and are made usable in the child before
// fork() returns there, which costs calls nothing. Only fork() has this effect, not the system calls below it.
#ifndef LEASH_DEVICE_FORKS_H
#define LEASH_DEVICE_FORKS_H

#include <cstdint>
#include <mutex>

namespace leash {

// Forks from the process that loaded the library to this one: tells a child from its parent.
uint32_t forks();

// While held, a fork waits. For global state that a child must find complete.
std::unique_lock<std::mutex> without_forks();

class Forkable {
  public:
    // By the thread that forks: before it, and after it in the parent.
    virtual void before_fork() noexcept = 0;
    virtual void after_fork_in_parent() noexcept = 0;
    // In the child. May use no lock that another thread may have held, so may not allocate.
    virtual void after_fork_in_child() noexcept = 0;

  protected:
    ~Forkable() = default;
};

// As the last member of an object, registers it from the end of its construction to the beginning of its destruction.
class ForkRegistration {
  public:
    // Throws Failure if the system refused the library's handlers.
    explicit ForkRegistration(Forkable* object);
    ~ForkRegistration();
    ForkRegistration(const ForkRegistration&) = delete;
    ForkRegistration& operator=(const ForkRegistration&) = delete;

  private:
    friend struct ForkHandlers;

    Forkable* const object_;
    ForkRegistration* previous_ = nullptr;
    ForkRegistration* next_ = nullptr;
};

}  // namespace leash

#endif
