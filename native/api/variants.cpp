#include "variants.h"

#include <cstdint>
#include <string>

#include "processor.h"
#include "status.h"
#include "validation.h"

namespace leash::api {

namespace {

constexpr const char* kOperations[] = {"log_softmax", "entropy", "token_statistics", "logits_gradient",
                                       "policy_gradient"};
constexpr int32_t kOperationCount = static_cast<int32_t>(sizeof kOperations / sizeof *kOperations);

constexpr uint32_t kAllDtypes = 1u << LEASH_F32 | 1u << LEASH_BF16 | 1u << LEASH_F16;
constexpr int64_t kMaxVocab = INT32_MAX;

// An instruction set, and why this machine cannot run it: "" when it can.
struct InstructionSet {
    const char* name;
    int32_t preference;
    const cpu::Kernels* kernels;
    std::string reason;

    InstructionSet(const char* set_name, int32_t set_preference, const cpu::Kernels* set_kernels)
        : name(set_name), preference(set_preference), kernels(set_kernels) {
        if (kernels == nullptr) {
            reason = "not built for this processor architecture";
            return;
        }
        const std::string missing = cpu::missing_features(kernels->requires_text);
        if (!missing.empty()) reason = "needs " + missing + ", which this processor lacks";
    }

    bool available() const { return reason.empty(); }
};

constexpr int32_t kSetCount = 3;

struct Table {
    const InstructionSet sets[kSetCount] = {
        {"portable", 100, cpu::portable_kernels()},
        {"avx2", 110, cpu::avx2_kernels()},
        {"avx512", 120, cpu::avx512_kernels()},
    };
    const InstructionSet* best = &sets[0];

    Table() {
        for (const InstructionSet& set : sets) {
            if (set.available() && set.preference > best->preference) best = &set;
        }
    }
};

constexpr int32_t kVariantCount = kOperationCount * kSetCount;

const Table& table() {
    static const Table instance;
    return instance;
}

void check_id(int32_t id) {
    if (id < 0 || id >= kVariantCount) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "variant %d does not exist; ids run from 0 to %d, and %d lets leash choose",
             id, kVariantCount - 1, LEASH_VARIANT_AUTO);
    }
}

}  // namespace

const cpu::Kernels& kernels_for(int32_t operation, int32_t variant) {
    if (variant == LEASH_VARIANT_AUTO) return *table().best->kernels;
    check_id(variant);
    const InstructionSet& set = table().sets[variant % kSetCount];
    if (variant / kSetCount != operation) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "variant %d (\"%s\") computes %s, not %s; take an id of the operation's own",
             variant, set.name, kOperations[variant / kSetCount], kOperations[operation]);
    }
    if (!set.available()) {
        fail(LEASH_ERROR_UNAVAILABLE, "variant %d (\"%s\") of %s is not available: %s", variant, set.name,
             kOperations[operation], set.reason.c_str());
    }
    return *set.kernels;
}

}  // namespace leash::api

using namespace leash::api;

int32_t leash_variant_count(void) { return kVariantCount; }

leash_status leash_variant_get(int32_t id, leash_variant* variant) {
    return guarded([&] {
        check_not_null(variant, "variant");
        check_size(variant->size, sizeof *variant, "leash_variant");
        check_id(id);
        const InstructionSet& set = table().sets[id % kSetCount];
        variant->operation = id / kSetCount;
        variant->device_kind = LEASH_DEVICE_CPU;
        variant->dtypes = kAllDtypes;
        variant->available = set.available() ? 1 : 0;
        variant->max_vocab = kMaxVocab;
        variant->preference = set.preference;
        variant->reserved = 0;
        variant->name = set.name;
        variant->description = set.kernels != nullptr ? set.kernels->description : "";
        variant->reason = set.reason.c_str();
    });
}
