#include "cuda/host/catalogue.h"

#include <cstdio>
#include <cstring>
#include <vector>

#include "spec/cuda_variants.h"
#include "spec/dtypes.h"
#include "spec/operations.h"

namespace leash::cuda {

namespace {

#define LEASH_BIT(id, NAME, ...) | 1u << id
constexpr uint32_t kAllDtypes = 0 LEASH_DTYPES(LEASH_BIT);
#undef LEASH_BIT
constexpr int64_t kMaxVocab = INT32_MAX;
constexpr int64_t kMaxRows = int64_t{1} << 32;  // so that a fault names row and target in 64 bits

struct Operation {
    bool sums;
    bool output;
};
#define LEASH_OPERATION(id, NAME, name, sums, output) {sums == 1, output == 1},
constexpr Operation kOperations[] = {LEASH_OPERATIONS(LEASH_OPERATION)};
#undef LEASH_OPERATION
constexpr int32_t kOperationCount = static_cast<int32_t>(sizeof kOperations / sizeof *kOperations);

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
};
#define LEASH_TECHNIQUE(name, Type, operations) \
    {#name, Type::kTraits, operations, Type::reads, Type::refusal, Type::workspace_bytes},
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
                                    each.output ? 1 : 0});
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

// The choices of `auto`, all of them estimates from memory traffic, launches and the number of blocks, not measured. To evaluate an
// entry, add it and let the suite compare `auto` with the named variant; then replace kUnmeasured with device, date, and the ratio
// to the variant that would be chosen without the entry.
constexpr int64_t kAnyRows = kMaxRows;
constexpr const char* kUnmeasured = "unmeasured";
constexpr Choice kChoices[] = {
    // operation, dtypes, vocab from, to, rows up to, compute capability from, variant, cluster, evidence
    {-1, kAllDtypes, 1, Warp::kVocab, kAnyRows, 80, "warp", 0, kUnmeasured},
    // Enough blocks for every multiprocessor, in one launch.
    {-1, kAllDtypes, 16384, Resident::kVocab, 32, 90, "resident", 8, kUnmeasured},
    {-1, kAllDtypes, Warp::kVocab + 1, Resident::kVocab, 512, 90, "resident", 0, kUnmeasured},
    {LEASH_LOG_SOFTMAX, kAllDtypes, Warp::kVocab + 1, Resident::kVocab, kAnyRows, 90, "resident", 0, kUnmeasured},
    {LEASH_POLICY_GRADIENT, kAllDtypes, Warp::kVocab + 1, Resident::kVocab, kAnyRows, 90, "resident", 0, kUnmeasured},
    {-1, kAllDtypes, 16384, kMaxVocab, 64, 80, "split", 0, kUnmeasured},
    {-1, kAllDtypes, 1, kMaxVocab, kAnyRows, 80, "two_read", 0, kUnmeasured},
};
constexpr int32_t kChoiceCount = static_cast<int32_t>(sizeof kChoices / sizeof *kChoices);
constexpr const char* kFallback = "naive";

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

int32_t choice_count() { return kChoiceCount; }
const Choice& choice(int32_t index) { return kChoices[index]; }

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

int32_t choose(int32_t operation, const leash_rows& rows, const DeviceLimits& limits) {
    for (int32_t line = 0; line < kChoiceCount; line++) {
        const Choice& choice = kChoices[line];
        if (choice.operation != -1 && choice.operation != operation) continue;
        if ((choice.dtypes >> rows.logits.dtype & 1) == 0) continue;
        if (limits.compute_capability < choice.min_compute_capability) continue;
        if (rows.logits.vocab < choice.min_vocab || rows.logits.vocab > choice.max_vocab) continue;
        if (rows.logits.rows > choice.max_rows) continue;
        const Selection selection = selection_of(operation, line);
        if (selection.index >= 0 && refusal(selection, rows, limits).empty()) return line;
    }
    return -1;
}

Selection selection_of(int32_t operation, int32_t line) {
    // By operation: the fallback, then the entries of the table.
    static const std::vector<Selection> selections = [] {
        std::vector<Selection> all;
        for (int32_t each = 0; each < kOperationCount; each++) {
            all.push_back({index_of(each, kFallback), 0});
            for (const Choice& choice : kChoices) all.push_back({index_of(each, choice.variant), choice.cluster});
        }
        return all;
    }();
    return selections[static_cast<size_t>(operation * (kChoiceCount + 1) + line + 1)];
}

int64_t workspace_bytes(const Selection& selection, const leash_rows& rows) {
    return kTechniques[variant(selection.index).technique].workspace_bytes(rows);
}

}  // namespace leash::cuda
