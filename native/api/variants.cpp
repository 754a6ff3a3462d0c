#include "variants.h"

#include <cstdint>
#include <string>

#include "cuda_devices.h"
#include "plan.h"
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

constexpr int32_t kCpuVariants = kOperationCount * kSetCount;

int32_t first_auto() { return kCpuVariants + cuda::variant_count(); }
int32_t variant_count() { return first_auto() + kOperationCount; }

const Table& table() {
    static const Table instance;
    return instance;
}

void check_id(int32_t id) {
    if (id < 0 || id >= variant_count()) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "variant %d does not exist; ids run from 0 to %d, and %d lets leash choose",
             id, variant_count() - 1, LEASH_VARIANT_AUTO);
    }
}

void describe_cpu(int32_t id, leash_variant* variant) {
    const InstructionSet& set = table().sets[id % kSetCount];
    variant->operation = id / kSetCount;
    variant->device_kind = LEASH_DEVICE_CPU;
    variant->dtypes = kAllDtypes;
    variant->max_vocab = kMaxVocab;
    variant->preference = set.preference;
    variant->min_compute_capability = 0;
    variant->name = set.name;
    variant->description = set.kernels != nullptr ? set.kernels->description : "";
    variant->reason = set.reason.c_str();
}

void describe_cuda(int32_t index, leash_variant* variant) {
    const cuda::Variant& known = cuda::variant(index);
    variant->operation = known.operation;
    variant->device_kind = LEASH_DEVICE_CUDA;
    variant->dtypes = known.dtypes;
    variant->max_vocab = known.max_vocab;
    variant->preference = known.preference;
    variant->min_compute_capability = known.min_compute_capability;
    variant->name = cuda::name_of(known.technique);
    variant->description = known.description;
    variant->reason = cuda::missing_for(known.min_compute_capability);
}

void describe_auto(int32_t operation, leash_variant* variant) {
    variant->operation = operation;
    variant->device_kind = LEASH_DEVICE_CUDA;
    variant->dtypes = kAllDtypes;
    variant->max_vocab = kMaxVocab;
    variant->preference = 200;
    variant->min_compute_capability = 80;
    variant->name = "auto";
    variant->description = "the one of the others that the table of choices names for the call";
    variant->reason = cuda::missing_for(0);
}

void describe(int32_t id, leash_variant* variant) {
    check_id(id);
    if (id < kCpuVariants) {
        describe_cpu(id, variant);
    } else if (id < first_auto()) {
        describe_cuda(id - kCpuVariants, variant);
    } else {
        describe_auto(id - first_auto(), variant);
    }
    variant->available = *variant->reason == '\0' ? 1 : 0;
}

// Throws unless the id is a variant of the operation, for the kind of device, that can run here.
void check_variant(int32_t operation, int32_t device_kind, int32_t id) {
    leash_variant v = {};
    describe(id, &v);
    if (v.operation != operation) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "variant %d (\"%s\") computes %s, not %s; take an id of the operation's own",
             id, v.name, kOperations[v.operation], kOperations[operation]);
    }
    if (v.device_kind != device_kind) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "variant %d (\"%s\") of %s is for %s devices; take one for this kind of device", id,
             v.name, kOperations[operation], v.device_kind == LEASH_DEVICE_CPU ? "CPU" : "CUDA");
    }
    if (v.available == 0) {
        fail(LEASH_ERROR_UNAVAILABLE, "variant %d (\"%s\") of %s is not available: %s", id, v.name,
             kOperations[operation], v.reason);
    }
}

}  // namespace

const cpu::Kernels& kernels_for(int32_t operation, int32_t variant) {
    if (variant == LEASH_VARIANT_AUTO) return *table().best->kernels;
    check_variant(operation, LEASH_DEVICE_CPU, variant);
    return *table().sets[variant % kSetCount].kernels;
}

int32_t cuda_index_for(int32_t operation, int32_t variant) {
    if (variant == LEASH_VARIANT_AUTO) return -1;
    check_variant(operation, LEASH_DEVICE_CUDA, variant);
    return variant >= first_auto() ? -1 : variant - kCpuVariants;
}

int32_t id_of_cuda_index(int32_t index) { return kCpuVariants + index; }

const char* operation_name(int32_t operation) { return kOperations[operation]; }

}  // namespace leash::api

using namespace leash::api;

int32_t leash_variant_count(void) { return variant_count(); }

leash_status leash_variant_get(int32_t id, leash_variant* variant) {
    return guarded([&] {
        check_not_null(variant, "variant");
        check_size(variant->size, sizeof *variant, "leash_variant");
        describe(id, variant);
    });
}

int32_t leash_choice_count(void) { return leash::cuda::choice_count(); }

leash_status leash_choice_get(int32_t index, leash_choice* choice) {
    return guarded([&] {
        check_not_null(choice, "choice");
        check_size(choice->size, sizeof *choice, "leash_choice");
        if (index < 0 || index >= leash::cuda::choice_count()) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "choice %d does not exist; they run from 0 to %d", index,
                 leash::cuda::choice_count() - 1);
        }
        const leash::cuda::Choice& line = leash::cuda::choice(index);
        choice->operation = line.operation;
        choice->dtypes = line.dtypes;
        choice->min_vocab = line.min_vocab;
        choice->max_vocab = line.max_vocab;
        choice->max_rows = line.max_rows;
        choice->min_compute_capability = line.min_compute_capability;
        choice->cluster = line.cluster;
        choice->variant = leash::cuda::name_of(line.technique);
        choice->evidence = line.evidence;
    });
}

leash_status leash_choose(int32_t operation, int32_t dtype, int64_t rows, int64_t vocab, int32_t compute_capability,
                          int64_t shared_bytes_per_block, int32_t* index) {
    return guarded([&] {
        check_operation(operation);
        check_not_null(index, "index");
        leash_rows shape = {};
        shape.logits = {nullptr, rows, vocab, vocab, dtype, 0};
        check_shape(shape.logits, "logits");
        const leash::cuda::DeviceLimits limits = {compute_capability, shared_bytes_per_block};
        *index = leash::cuda::choose(operation, shape, limits);
        if (*index >= 0) return;
        const leash::cuda::Selection fallback = leash::cuda::selection_of(operation, *index);
        fail(LEASH_ERROR_UNSUPPORTED, "%s", leash::cuda::refusal(fallback, shape, limits).c_str());
    });
}
