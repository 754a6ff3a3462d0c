#include "test/tested_kernels.h"

#include <string>

#include "cpu/isa/instruction_sets.h"
#include "cpu/processor.h"
#include "test/harness.h"

#if defined(__x86_64__)
namespace leash::cpu {
const Kernels* avx512_emulated_kernels() __attribute__((weak));  // not in programs that test no loops
}
#endif

namespace leash::test {

namespace {

// Loops on emulated instructions, for instruction sets that the processor lacks; nullptr: there are none.
const cpu::Kernels* emulated(const cpu::InstructionSet& set) {
#if defined(__x86_64__)
    if (std::string(set.name) == "avx512" && cpu::avx512_emulated_kernels != nullptr && cpu::missing_features("avx2 fma f16c").empty()) {
        return cpu::avx512_emulated_kernels();
    }
#endif
    (void)set;
    return nullptr;
}

std::vector<const cpu::Kernels*> find() {
    std::vector<const cpu::Kernels*> found;
    for (const cpu::InstructionSet& set : cpu::instruction_sets()) {
        if (!is_selected(set.name)) continue;
        const cpu::Kernels* const kernels = set.available() ? set.kernels : emulated(set);
        if (kernels != nullptr) {
            found.push_back(kernels);
        } else if (is_one_selected()) {
            report_failure(__FILE__, __LINE__, std::string(set.name) + " loops: " + set.reason);
        } else {
            report_skipped(std::string(set.name) + " loops: " + set.reason);
        }
    }
    return found;
}

}  // namespace

const std::vector<const cpu::Kernels*>& tested_kernels() {
    expect_variant_test();
    static const std::vector<const cpu::Kernels*> found = find();
    return found;
}

}  // namespace leash::test
