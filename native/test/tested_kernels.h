// The tables of loops that this machine can run: native ones, and the AVX-512 ones through avx512_emulation where the
// processor lacks the instructions.
#ifndef LEASH_TEST_TESTED_KERNELS_H
#define LEASH_TEST_TESTED_KERNELS_H

#include <vector>

#include "kernels.h"

namespace leash::test {

const std::vector<const cpu::Kernels*>& tested_kernels();

}  // namespace leash::test

#endif
