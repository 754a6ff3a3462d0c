// Hashes of all outputs of the operations, by CPU variant, through the C ABI; refactoring must not change them. Inputs are integers
// from this file's generator, scaled by powers of 2.
#ifndef LEASH_TEST_BITS_H
#define LEASH_TEST_BITS_H

#include <cstdint>
#include <functional>
#include <string>

namespace leash::test {

struct Bits {
    std::string name;  // operation dtype variant shape
    std::string way;   // of several that give the same bits: threads, in place, past the caches
    uint64_t hash;     // FNV-1a of every output, its padding and the status; all NaNs count as one
};

// A hash of the C library functions used by operations, over the range of their use: the same code has other bits with a library
// that rounds differently.
uint64_t hash_of_c_library();

// Every operation with every available CPU variant whose name `wanted` accepts.
void hash_operations(const std::function<bool(const char*)>& wanted, const std::function<void(const Bits&)>& take);

}  // namespace leash::test

#endif
