// The 'avx2' variant of every operation: row_loops.h on simd_avx2.h. The Makefile compiles this file, and no other, for
// these instructions.
#include "simd_avx2.h"
// On the vector type above:
#include "row_loops.h"

namespace leash::cpu {

const Kernels* avx2_kernels() {
    static constexpr Kernels kTable = kernel_table("avx2", "8 lanes, AVX2 with FMA", "avx2 fma f16c");
    return &kTable;
}

}  // namespace leash::cpu
