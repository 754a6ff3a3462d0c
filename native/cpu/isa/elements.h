// The element types of a matrix as distinct C++ types, so that loops are chosen by overload.
#ifndef LEASH_CPU_ISA_ELEMENTS_H
#define LEASH_CPU_ISA_ELEMENTS_H

#include <cstdint>

namespace leash::cpu {

struct F32 {
    float value;
};
struct Bf16 {
    uint16_t bits;
};
struct F16 {
    uint16_t bits;
};

}  // namespace leash::cpu

#endif
