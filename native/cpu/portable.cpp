// The 'portable' variant of every operation: row_loops.h on simd_portable.h. The Makefile compiles this file, and no other, for
// these instructions.
#include "simd_portable.h"
// On the vector type above:
#include "row_loops.h"

namespace leash::cpu {

const Kernels* portable_kernels() {
    static constexpr Kernels kTable = kernel_table("portable", "any processor, 4 lanes", "");
    return &kTable;
}

}  // namespace leash::cpu
