// The 'avx512' variant of every operation: row_loops.h on simd_avx512.h. The Makefile compiles this file, and no other, for
// these instructions.
#include "simd_avx512.h"
// On the vector type above:
#include "row_loops.h"

namespace leash::cpu {

const Kernels* avx512_kernels() {
    static constexpr Kernels kTable = kernel_table("avx512", "16 lanes, AVX-512", "avx512f avx512bw avx512vl avx512dq");
    return &kTable;
}

}  // namespace leash::cpu
