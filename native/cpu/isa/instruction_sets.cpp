#include "cpu/isa/instruction_sets.h"

#include "cpu/processor.h"
#include "spec/instruction_sets.h"

// The loops of an entry, if compiled for this architecture.
#define LEASH_ON_ANY(kernels) kernels
#if defined(__x86_64__)
#define LEASH_ON_X86_64(kernels) kernels
#else
#define LEASH_ON_X86_64(kernels) nullptr
#endif
#if defined(__aarch64__)
#define LEASH_ON_AARCH64(kernels) kernels
#else
#define LEASH_ON_AARCH64(kernels) nullptr
#endif

namespace leash::cpu {

namespace {

std::string reason_against(const Kernels* kernels, const char* features) {
    if (kernels == nullptr) return "not built for this processor architecture";
    const std::string missing = missing_features(features);
    return missing.empty() ? "" : "needs " + missing + ", which this processor lacks";
}

InstructionSet described(const char* name, int32_t preference, const char* description, const char* features,
                         const Kernels* kernels) {
    return {name, preference, description, features, kernels, reason_against(kernels, features)};
}

}  // namespace

const std::vector<InstructionSet>& instruction_sets() {
#define LEASH_DESCRIBE(name, preference, architecture, description, features, flags) \
    described(#name, preference, description, features, LEASH_ON_##architecture(name##_kernels())),
    static const std::vector<InstructionSet> all = {LEASH_INSTRUCTION_SETS(LEASH_DESCRIBE)};
#undef LEASH_DESCRIBE
    return all;
}

const InstructionSet& best_instruction_set() {
    static const InstructionSet& best = [&]() -> const InstructionSet& {
        const InstructionSet* found = &instruction_sets().front();
        for (const InstructionSet& set : instruction_sets()) {
            if (set.available() && set.preference > found->preference) found = &set;
        }
        return *found;
    }();
    return best;
}

}  // namespace leash::cpu
