// The variants of the CUDA kernels, what they take, and which of them is chosen.
#include <cstdio>

#include "plan.h"
#include "residency.h"

namespace leash::cuda {

namespace {

constexpr uint32_t kAllDtypes = 1u << LEASH_F32 | 1u << LEASH_BF16 | 1u << LEASH_F16;
constexpr int64_t kMaxVocab = INT32_MAX;
constexpr int64_t kMaxRows = int64_t{1} << 32;  // so that a fault names row and target in 64 bits
constexpr int64_t kResidentVocab = 927744;      // of a half-precision row in 8 blocks of 227 KiB; f32: half of it

constexpr const char* kNaive = "a block a row, separate passes for maximum, sums and output; 3 reads and 1 write";
constexpr const char* kTwoRead = "a block a row, online sums in 16-byte vectors, output backwards; 2 reads and 1 write";
constexpr const char* kOneRead = "a block a row, online sums in 16-byte vectors; 1 read";
constexpr const char* kOnePass = "a block a row in 16-byte vectors; 1 read and 1 write";
constexpr const char* kWarp = "a warp a row, the row in registers; 1 read and 1 write";
constexpr const char* kSplit = "many blocks a row, for a few long rows; 2 reads and 1 write";
constexpr const char* kResident = "a cluster a row, the row in shared memory; 1 read and 1 write";

constexpr Variant kVariants[] = {
    {LEASH_LOG_SOFTMAX, Technique::k_naive, kNaive, kAllDtypes, kMaxVocab, 80, 100},
    {LEASH_LOG_SOFTMAX, Technique::k_two_read, kTwoRead, kAllDtypes, kMaxVocab, 80, 120},
    {LEASH_LOG_SOFTMAX, Technique::k_warp, kWarp, kAllDtypes, kWarpVocab, 80, 110},
    {LEASH_LOG_SOFTMAX, Technique::k_split, kSplit, kAllDtypes, kMaxVocab, 80, 130},
    {LEASH_LOG_SOFTMAX, Technique::k_resident, kResident, kAllDtypes, kResidentVocab, 90, 150},
    {LEASH_ENTROPY, Technique::k_naive, kNaive, kAllDtypes, kMaxVocab, 80, 100},
    {LEASH_ENTROPY, Technique::k_two_read, kOneRead, kAllDtypes, kMaxVocab, 80, 120},
    {LEASH_ENTROPY, Technique::k_warp, kWarp, kAllDtypes, kWarpVocab, 80, 110},
    {LEASH_ENTROPY, Technique::k_split, kSplit, kAllDtypes, kMaxVocab, 80, 130},
    {LEASH_TOKEN_STATISTICS, Technique::k_naive, kNaive, kAllDtypes, kMaxVocab, 80, 100},
    {LEASH_TOKEN_STATISTICS, Technique::k_two_read, kOneRead, kAllDtypes, kMaxVocab, 80, 120},
    {LEASH_TOKEN_STATISTICS, Technique::k_warp, kWarp, kAllDtypes, kWarpVocab, 80, 110},
    {LEASH_TOKEN_STATISTICS, Technique::k_split, kSplit, kAllDtypes, kMaxVocab, 80, 130},
    {LEASH_LOGITS_GRADIENT, Technique::k_naive, kNaive, kAllDtypes, kMaxVocab, 80, 100},
    {LEASH_LOGITS_GRADIENT, Technique::k_two_read, kOnePass, kAllDtypes, kMaxVocab, 80, 120},
    {LEASH_LOGITS_GRADIENT, Technique::k_warp, kWarp, kAllDtypes, kWarpVocab, 80, 110},
    {LEASH_LOGITS_GRADIENT, Technique::k_split, kSplit, kAllDtypes, kMaxVocab, 80, 130},
    {LEASH_POLICY_GRADIENT, Technique::k_naive, kNaive, kAllDtypes, kMaxVocab, 80, 100},
    {LEASH_POLICY_GRADIENT, Technique::k_two_read, kTwoRead, kAllDtypes, kMaxVocab, 80, 120},
    {LEASH_POLICY_GRADIENT, Technique::k_warp, kWarp, kAllDtypes, kWarpVocab, 80, 110},
    {LEASH_POLICY_GRADIENT, Technique::k_split, kSplit, kAllDtypes, kMaxVocab, 80, 130},
    {LEASH_POLICY_GRADIENT, Technique::k_resident, kResident, kAllDtypes, kResidentVocab, 90, 150},
};
constexpr int32_t kVariantCount = static_cast<int32_t>(sizeof kVariants / sizeof *kVariants);

// What is taken without being named. Every line is a guess from the byte model; none has been measured. To try a line, put it
// in and let the suite compare `auto` with the variant by name; what it showed then takes the place of kUnmeasured:
// device, date, and the ratio to the variant that would be taken without the line.
constexpr int64_t kAnyRows = kMaxRows;
constexpr const char* kUnmeasured = "unmeasured";
constexpr Choice kChoices[] = {
    // operation, dtypes, vocab from, to, rows up to, compute capability from, technique, cluster, evidence
    {-1, kAllDtypes, 1, kWarpVocab, kAnyRows, 80, Technique::k_warp, 0, kUnmeasured},
    {-1, kAllDtypes, 16384, kMaxVocab, 64, 80, Technique::k_split, 0, kUnmeasured},
    {LEASH_LOG_SOFTMAX, kAllDtypes, kWarpVocab + 1, kResidentVocab, kAnyRows, 90, Technique::k_resident, 0, kUnmeasured},
    {LEASH_POLICY_GRADIENT, kAllDtypes, kWarpVocab + 1, kResidentVocab, kAnyRows, 90, Technique::k_resident, 0, kUnmeasured},
    {-1, kAllDtypes, 1, kMaxVocab, kAnyRows, 80, Technique::k_two_read, 0, kUnmeasured},
};
constexpr int32_t kChoiceCount = static_cast<int32_t>(sizeof kChoices / sizeof *kChoices);

int32_t index_of(int32_t operation, Technique technique) {
    for (int32_t i = 0; i < kVariantCount; i++) {
        if (kVariants[i].operation == operation && kVariants[i].technique == technique) return i;
    }
    return -1;
}

// Vectors of 16 bytes that each of so many blocks holds.
int64_t slice_of(int64_t vectors, int cluster) {
    const int64_t share = (vectors - 1) / cluster + 1;
    return (share + kSliceMultiple - 1) / kSliceMultiple * kSliceMultiple;
}

}  // namespace

const char* name_of(Technique technique) {
    switch (technique) {
        case Technique::k_naive:
            return "naive";
        case Technique::k_two_read:
            return "two_read";
        case Technique::k_warp:
            return "warp";
        case Technique::k_split:
            return "split";
        case Technique::k_resident:
            return "resident";
    }
    return "";
}

int32_t variant_count() { return kVariantCount; }
const Variant& variant(int32_t index) { return kVariants[index]; }
int32_t choice_count() { return kChoiceCount; }
const Choice& choice(int32_t index) { return kChoices[index]; }

std::string refusal(const Selection& selection, const leash_rows& rows, const DeviceLimits& limits) {
    const Variant& v = kVariants[selection.index];
    const char* const name = name_of(v.technique);
    char text[160] = "";
    if (limits.compute_capability < v.min_compute_capability) {
        std::snprintf(text, sizeof text, "%s needs compute capability %d.%d; this device has %d.%d", name,
                      v.min_compute_capability / 10, v.min_compute_capability % 10, limits.compute_capability / 10,
                      limits.compute_capability % 10);
    } else if (rows.logits.vocab > v.max_vocab) {
        std::snprintf(text, sizeof text, "vocab = %lld is more than the %lld that %s takes",
                      static_cast<long long>(rows.logits.vocab), static_cast<long long>(v.max_vocab), name);
    } else if (rows.logits.rows > kMaxRows) {
        std::snprintf(text, sizeof text, "rows = %lld is more than the %lld that %s takes",
                      static_cast<long long>(rows.logits.rows), static_cast<long long>(kMaxRows), name);
    } else if (v.technique == Technique::k_resident) {
        const Residency residency = residency_of(rows.logits.vocab, rows.logits.dtype, limits, selection.cluster);
        if (residency.cluster == 0) {
            std::snprintf(text, sizeof text, "a row of %lld elements does not fit the shared memory of %d blocks",
                          static_cast<long long>(rows.logits.vocab),
                          selection.cluster == 0 ? kMaxClusterBlocks : selection.cluster);
        } else if (rows.logits.rows > kMaxBlocks / residency.cluster) {
            std::snprintf(text, sizeof text, "rows = %lld is more than the %lld that resident takes",
                          static_cast<long long>(rows.logits.rows),
                          static_cast<long long>(kMaxBlocks / residency.cluster));
        }
    }
    return text;
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
    if (line < 0) return {index_of(operation, Technique::k_naive), 0};
    return {index_of(operation, kChoices[line].technique), kChoices[line].cluster};
}

Residency residency_of(int64_t vocab, int32_t dtype, const DeviceLimits& limits, int32_t cluster) {
    const int64_t vectors = vectors_of(vocab, dtype);
    const int64_t whole = limits.shared_bytes_per_block;
    const auto fits = [&](int blocks, int64_t room) { return kResidentHeadBytes + slice_of(vectors, blocks) * 16 <= room; };
    const auto with = [&](int blocks) { return Residency{blocks, static_cast<int32_t>(slice_of(vectors, blocks))}; };
    if (cluster != 0) return fits(cluster, whole) ? with(cluster) : Residency{0, 0};
    // Two blocks to a multiprocessor, each with the kilobyte that the system keeps; else one.
    for (const int64_t room : {whole / 2 - 1024, whole}) {
        for (int blocks = 1; blocks <= kMaxClusterBlocks; blocks *= 2) {
            if (fits(blocks, room)) return with(blocks);
        }
    }
    return {0, 0};
}

}  // namespace leash::cuda
