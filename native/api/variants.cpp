#include "api/variants.h"

#include <algorithm>
#include <string>

#include "api/validation.h"
#include "cpu/isa/instruction_sets.h"
#include "cuda/host/choices.h"
#include "device/cuda_device.h"
#include "device/device.h"
#include "device/forks.h"
#include "device/status.h"
#include "spec/names.h"

namespace leash::api {

namespace {

constexpr int32_t kOperationCount = count_of(kOperationNames);

constexpr int64_t kMaxVocab = INT32_MAX;

// By operation: whether rows are read for their statistics, and whether there is an output matrix, which needs another read.
struct Passes {
    int32_t sums;
    int32_t output;
};
#define LEASH_PASSES(id, NAME, name, sums, output) {sums, output},
constexpr Passes kPasses[] = {LEASH_OPERATIONS(LEASH_PASSES)};
#undef LEASH_PASSES

int32_t set_count() { return static_cast<int32_t>(cpu::instruction_sets().size()); }
int32_t first_cuda() { return kOperationCount * set_count(); }
int32_t first_auto() { return first_cuda() + cuda::variant_count(); }
int32_t variant_count() { return first_auto() + kOperationCount; }

void check_id(int32_t id) {
    if (id < 0 || id >= variant_count()) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "variant %d does not exist; ids run from 0 to %d, and %d lets leash choose",
             id, variant_count() - 1, LEASH_VARIANT_AUTO);
    }
}

void describe_cpu(int32_t index, leash_variant* variant) {
    const cpu::InstructionSet& set = cpu::instruction_sets()[static_cast<size_t>(index % set_count())];
    variant->operation = index / set_count();
    variant->device_kind = LEASH_DEVICE_CPU;
    variant->dtypes = kAllDtypes;
    variant->max_vocab = kMaxVocab;
    variant->preference = set.preference;
    variant->min_compute_capability = 0;
    variant->reads = kPasses[variant->operation].sums + kPasses[variant->operation].output;
    variant->writes = kPasses[variant->operation].output;
    variant->name = set.name;
    variant->description = set.description;
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
    variant->reads = known.reads;
    variant->writes = known.writes;
    variant->name = known.name;
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
    variant->reads = 0;
    variant->writes = kPasses[operation].output;
    variant->name = "auto";
    variant->description = "the one of the others that the table of choices names for the call";
    variant->reason = cuda::missing_for(0);
}

void describe(int32_t id, leash_variant* variant) {
    check_id(id);
    if (id < first_cuda()) {
        describe_cpu(id, variant);
    } else if (id < first_auto()) {
        describe_cuda(id - first_cuda(), variant);
    } else {
        describe_auto(id - first_auto(), variant);
    }
    variant->available = *variant->reason == '\0' ? 1 : 0;
}

// Throws unless the id is an available variant of the operation for the kind of device.
void check_variant(int32_t operation, int32_t device_kind, int32_t id) {
    leash_variant v = {};
    describe(id, &v);
    if (v.operation != operation) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "variant %d (\"%s\") computes %s, not %s; use an id of this operation",
             id, v.name, kOperationNames[v.operation], kOperationNames[operation]);
    }
    if (v.device_kind != device_kind) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "variant %d (\"%s\") of %s is for %s devices; use one for this kind of device", id,
             v.name, kOperationNames[operation], v.device_kind == LEASH_DEVICE_CPU ? "CPU" : "CUDA");
    }
    if (v.available == 0) {
        fail(LEASH_ERROR_UNAVAILABLE, "variant %d (\"%s\") of %s is not available: %s", id, v.name,
             kOperationNames[operation], v.reason);
    }
}

// Throws unless the entry is valid; `index` is for messages.
void check_choice(int32_t index, const leash_choice& choice) {
    const auto check_range = [&](const char* from, int64_t low, const char* to, int64_t high) {
        if (low >= 1 && low <= high) return;
        fail(LEASH_ERROR_INVALID_ARGUMENT, "choices[%d] has %s = %lld and %s = %lld; use a range of positive numbers", index, from,
             static_cast<long long>(low), to, static_cast<long long>(high));
    };
    if (choice.operation != -1) check_operation(choice.operation);
    if (choice.dtypes == 0 || (choice.dtypes & ~kAllDtypes) != 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "choices[%d].dtypes = 0x%x; must have bits of 0x%x alone, and one at least", index,
             choice.dtypes, kAllDtypes);
    }
    check_range("min_vocab", choice.min_vocab, "max_vocab", choice.max_vocab);
    check_range("max_rows", choice.max_rows, "max_rows", choice.max_rows);
    check_range("min_compute_capability", choice.min_compute_capability, "max_compute_capability", choice.max_compute_capability);
    if (choice.variant == nullptr || choice.evidence == nullptr) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "choices[%d].%s is NULL", index, choice.variant == nullptr ? "variant" : "evidence");
    }
    int32_t known = -1;
    for (int32_t operation = 0; operation < kOperationCount; operation++) {
        if (choice.operation != -1 && choice.operation != operation) continue;
        known = std::max(known, cuda::index_of(operation, choice.variant));
    }
    if (known < 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "choices[%d].variant = \"%.100s\" is not a CUDA variant of %s", index, choice.variant,
             choice.operation == -1 ? "any operation" : kOperationNames[choice.operation]);
    }
    const int32_t most = cuda::variant(known).max_cluster;
    const bool is_power = choice.cluster > 0 && (choice.cluster & (choice.cluster - 1)) == 0;
    if (choice.cluster != 0 && (!is_power || choice.cluster > most)) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "choices[%d].cluster = %d; must be 0%s for \"%s\"", index, choice.cluster,
             most == 0 ? "" : (" or a power of 2 up to " + std::to_string(most)).c_str(), choice.variant);
    }
}

}  // namespace

int32_t variant_of(int32_t operation, int32_t device_kind, int32_t id) {
    if (id == LEASH_VARIANT_AUTO) return kAnyVariant;
    check_variant(operation, device_kind, id);
    if (device_kind == LEASH_DEVICE_CPU) return id;
    return id >= first_auto() ? kAnyVariant : id - first_cuda();
}

int32_t id_of_cuda_variant(int32_t variant) { return first_cuda() + variant; }

}  // namespace leash::api

using namespace leash;
using namespace leash::api;

const char* leash_name(int32_t list, int32_t id) {
    switch (list) {
        case LEASH_LIST_OPERATIONS:
            return name_of(kOperationNames, id);
        case LEASH_LIST_DTYPES:
            return name_of(kDtypeNames, id);
        case LEASH_LIST_LOSSES:
            return name_of(kLossNames, id);
        case LEASH_LIST_KL_ESTIMATORS:
            return name_of(kKlNames, id);
        case LEASH_LIST_ROLLOUTS:
            return name_of(kRolloutNames, id);
        default:
            return nullptr;
    }
}

int32_t leash_variant_count(void) { return variant_count(); }

leash_status leash_variant_get(int32_t id, leash_variant* variant) {
    return guarded([&] {
        check_not_null(variant, "variant");
        describe(id, variant);
    });
}

int32_t leash_choice_count(void) { return leash::cuda::choice_count(); }

leash_status leash_choice_get(int32_t index, leash_choice* choice) {
    return guarded([&] {
        check_not_null(choice, "choice");
        if (!leash::cuda::choice(index, choice)) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "choice %d does not exist; they run from 0 to %d", index,
                 leash::cuda::choice_count() - 1);
        }
    });
}

leash_status leash_choices_set(const leash_choice* choices, int32_t count) {
    return guarded([&] {
        constexpr int32_t kMaxCount = 10000;
        if (count < 0 || count > kMaxCount) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "count = %d; must be from 0 to %d", count, kMaxCount);
        }
        if (count > 0) check_not_null(choices, "choices");
        for (int32_t i = 0; i < count; i++) check_choice(i, choices[i]);
        const auto lock = without_forks();
        leash::cuda::set_choices(choices, count);
    });
}

leash_status leash_choose(int32_t operation, int32_t dtype, int64_t rows, int64_t vocab, int32_t compute_capability,
                          int64_t shared_bytes_per_block, int32_t max_cluster, int32_t* index) {
    return guarded([&] {
        check_operation(operation);
        check_not_null(index, "index");
        leash_rows shape = {};
        shape.logits = {nullptr, rows, vocab, vocab, dtype, 0};
        check_shape(shape.logits, "logits");
        const leash::cuda::DeviceLimits limits = {compute_capability, shared_bytes_per_block, max_cluster};
        const leash::cuda::Chosen chosen = leash::cuda::choose(operation, shape, limits);
        *index = chosen.entry;
        if (chosen.entry >= 0) return;
        fail(LEASH_ERROR_UNSUPPORTED, "%s", leash::cuda::refusal(chosen.selection, shape, limits).c_str());
    });
}
