// The instruction sets of spec/instruction_sets.h and their availability on this processor.
#ifndef LEASH_CPU_ISA_INSTRUCTION_SETS_H
#define LEASH_CPU_ISA_INSTRUCTION_SETS_H

#include <cstdint>
#include <string>
#include <vector>

#include "cpu/isa/loops.h"

namespace leash::cpu {

struct InstructionSet {
    const char* name;
    int32_t preference;
    const char* description;
    const char* features;    // separated by spaces
    const Kernels* kernels;  // NULL: for another processor architecture
    std::string reason;      // why this machine cannot run it; "" if it can

    bool available() const { return reason.empty(); }
};

// In the order of the list.
const std::vector<InstructionSet>& instruction_sets();

// The available instruction set with the highest preference.
const InstructionSet& best_instruction_set();

}  // namespace leash::cpu

#endif
