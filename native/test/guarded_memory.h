// Memory between two guard pages, so that an access to even one byte beside it ends the test.
#ifndef LEASH_TEST_GUARDED_MEMORY_H
#define LEASH_TEST_GUARDED_MEMORY_H

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <map>
#include <new>
#include <vector>

namespace leash::test {

// The end of the memory that adjoins its guard page; the other end is up to a page away.
enum class Guard { kBefore, kAfter };

// Initially NaN in every dtype. Mappings are reused by later objects of the same size on the same thread: unmapping interrupts
// every processor that runs a thread of the process, and would take half of the time of the tests of loops.
class GuardedMemory {
  public:
    GuardedMemory(size_t bytes, Guard guard) : page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
        inner_ = (bytes + page_ - 1) / page_ * page_;
        std::vector<char*>& spare = spares()[inner_];
        if (spare.empty()) {
            mapped_ = map();
        } else {
            mapped_ = spare.back();
            spare.pop_back();
        }
        std::memset(mapped_ + page_, 0xff, inner_);
        data_ = mapped_ + page_ + (guard == Guard::kAfter ? inner_ - bytes : 0);
    }
    ~GuardedMemory() { spares()[inner_].push_back(mapped_); }
    GuardedMemory(const GuardedMemory&) = delete;
    GuardedMemory& operator=(const GuardedMemory&) = delete;

    void* data() const { return data_; }

  private:
    char* map() const {
        void* const mapped = mmap(nullptr, inner_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapped == MAP_FAILED) throw std::bad_alloc();
        char* const start = static_cast<char*>(mapped);
        if (inner_ > 0 && mprotect(start + page_, inner_, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
        return start;
    }

    static std::map<size_t, std::vector<char*>>& spares() {
        static thread_local std::map<size_t, std::vector<char*>> by_size;
        return by_size;
    }

    size_t page_;
    size_t inner_;
    char* mapped_;
    void* data_;
};

}  // namespace leash::test

#endif
