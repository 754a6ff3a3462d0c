// The loops of one instruction set: row_loops.h with its vector type. Compiled once for each entry of spec/instruction_sets.h,
// with LEASH_INSTRUCTION_SET set to its name, cpu/isa/<name>.h included before this file, and its instructions enabled.
#include "cpu/isa/row_loops.h"

#define LEASH_PASTE_(a, b) a##b
#define LEASH_PASTE(a, b) LEASH_PASTE_(a, b)
#define LEASH_TEXT_(a) #a
#define LEASH_TEXT(a) LEASH_TEXT_(a)

namespace leash::cpu {

const Kernels* LEASH_PASTE(LEASH_INSTRUCTION_SET, _kernels)() {
    static constexpr Kernels kTable = kernel_table(LEASH_TEXT(LEASH_INSTRUCTION_SET));
    return &kTable;
}

}  // namespace leash::cpu
