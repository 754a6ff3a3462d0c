// Stands in for avx2.cpp and avx512.cpp where the processor architecture is another.
#include "kernels.h"

namespace leash::cpu {

const Kernels* avx2_kernels() { return nullptr; }

const Kernels* avx512_kernels() { return nullptr; }

}  // namespace leash::cpu
