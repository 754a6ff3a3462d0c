// Hashes of all that the operations write, by variant of the CPU and through the C ABI: what code that is only rearranged leaves
// as it is. Inputs are integers of this file's own generator, scaled by powers of 2.
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

// Of the functions of the C library that operations use, over the range in which they use them: a library that rounds
// otherwise gives other bits to the same code.
uint64_t hash_of_c_library();

// Every operation by every CPU variant that runs here and whose name `wanted` takes.
void hash_operations(const std::function<bool(const char*)>& wanted, const std::function<void(const Bits&)>& take);

}  // namespace leash::test

#endif
