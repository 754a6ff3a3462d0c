// The loops of every instruction set in spec/instruction_sets.h that this machine can run, natively or with emulated instructions
// (avx512_emulation).
#ifndef LEASH_TEST_TESTED_KERNELS_H
#define LEASH_TEST_TESTED_KERNELS_H

#include <vector>

#include "cpu/isa/loops.h"

namespace leash::test {

const std::vector<const cpu::Kernels*>& tested_kernels();

}  // namespace leash::test

#endif
