#include "cuda/host/catalogue.h"

#include <cstdio>
#include <cstring>
#include <vector>

#include "spec/cuda_variants.h"
#include "spec/names.h"

namespace leash::cuda {

namespace {

struct Operation {
    bool sums;
    bool output;
};
#define LEASH_OPERATION(id, NAME, name, sums, output) {sums == 1, output == 1},
constexpr Operation kOperations[] = {LEASH_OPERATIONS(LEASH_OPERATION)};
#undef LEASH_OPERATION

constexpr bool any(const Operation&) { return true; }
constexpr bool sums(const Operation& operation) { return operation.sums; }
constexpr bool output(const Operation& operation) { return operation.output; }

// An entry of the list of variants.
struct Technique {
    const char* name;
    Traits traits;
    bool (*computes)(const Operation&);
    int (*reads)(bool, bool);
    std::string (*refusal)(const leash_rows&, const DeviceLimits&, int32_t);
    int64_t (*workspace_bytes)(const leash_rows&);
    int32_t max_cluster;
};
#define LEASH_TECHNIQUE(name, Type, operations) \
    {#name, Type::kTraits, operations, Type::reads, Type::refusal, Type::workspace_bytes, Type::kMaxCluster},
constexpr Technique kTechniques[] = {LEASH_CUDA_VARIANTS(LEASH_TECHNIQUE)};
#undef LEASH_TECHNIQUE

std::vector<Variant> make_variants() {
    std::vector<Variant> variants;
    int32_t operation = 0;
    for (const Operation& each : kOperations) {
        int32_t technique = 0;
        for (const Technique& t : kTechniques) {
            if (t.computes(each)) {
                variants.push_back({operation, technique, t.name, t.traits.description, kAllDtypes, t.traits.max_vocab,
                                    t.traits.min_compute_capability, t.traits.preference, t.reads(each.sums, each.output),
                                    each.output ? 1 : 0, t.max_cluster});
            }
            technique++;
        }
        operation++;
    }
    return variants;
}

const std::vector<Variant>& variants() {
    static const std::vector<Variant> all = make_variants();
    return all;
}

std::string more_than(const char* what, int64_t value, int64_t limit, const char* name) {
    char text[160];
    std::snprintf(text, sizeof text, "%s = %lld is more than the %lld that %s takes", what, static_cast<long long>(value),
                  static_cast<long long>(limit), name);
    return text;
}

}  // namespace

int32_t variant_count() { return static_cast<int32_t>(variants().size()); }
const Variant& variant(int32_t index) { return variants()[static_cast<size_t>(index)]; }

int32_t index_of(int32_t operation, const char* name) {
    for (int32_t i = 0; i < variant_count(); i++) {
        if (variant(i).operation == operation && std::strcmp(variant(i).name, name) == 0) return i;
    }
    return -1;
}

std::string refusal(const Selection& selection, const leash_rows& rows, const DeviceLimits& limits) {
    const Variant& v = variant(selection.index);
    if (limits.compute_capability < v.min_compute_capability) {
        char text[160];
        std::snprintf(text, sizeof text, "%s needs compute capability %d.%d; this device has %d.%d", v.name,
                      v.min_compute_capability / 10, v.min_compute_capability % 10, limits.compute_capability / 10,
                      limits.compute_capability % 10);
        return text;
    }
    if (rows.logits.vocab > v.max_vocab) return more_than("vocab", rows.logits.vocab, v.max_vocab, v.name);
    if (rows.logits.rows > kMaxRows) return more_than("rows", rows.logits.rows, kMaxRows, v.name);
    return kTechniques[v.technique].refusal(rows, limits, selection.cluster);
}

int64_t workspace_bytes(const Selection& selection, const leash_rows& rows) {
    return kTechniques[variant(selection.index).technique].workspace_bytes(rows);
}

}  // namespace leash::cuda
