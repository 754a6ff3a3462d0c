// Memory between two pages that fault when touched, so that reading or writing even one byte beside it ends the test.
#ifndef LEASH_TEST_GUARDED_MEMORY_H
#define LEASH_TEST_GUARDED_MEMORY_H

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <new>

namespace leash::test {

// Which end of the memory touches its guard; the other one is up to a page away.
enum class Guard { kBefore, kAfter };

class GuardedMemory {
  public:
    GuardedMemory(size_t bytes, Guard guard) {
        const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
        const size_t inner = (bytes + page - 1) / page * page;
        mapped_bytes_ = inner + 2 * page;
        void* const mapped = mmap(nullptr, mapped_bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapped == MAP_FAILED) throw std::bad_alloc();
        mapped_ = static_cast<char*>(mapped);
        if (inner > 0 && mprotect(mapped_ + page, inner, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
        data_ = mapped_ + page + (guard == Guard::kAfter ? inner - bytes : 0);
    }
    ~GuardedMemory() { munmap(mapped_, mapped_bytes_); }
    GuardedMemory(const GuardedMemory&) = delete;
    GuardedMemory& operator=(const GuardedMemory&) = delete;

    void* data() const { return data_; }

  private:
    char* mapped_;
    size_t mapped_bytes_;
    void* data_;
};

}  // namespace leash::test

#endif
