// The loops over a piece of one row, the contribution of an instruction set. loops.cpp fills one such table for each entry of
// spec/instruction_sets.h, from the same templates (row_loops.h); cpu/ops does everything else (threads, rows, losses).
//
// Loops access only [0, count) of their pointers, allocate nothing, and are thread-safe.
#ifndef LEASH_CPU_ISA_LOOPS_H
#define LEASH_CPU_ISA_LOOPS_H

#include <cstdint>

#include "math/row_statistics.h"
#include "spec/instruction_sets.h"

namespace leash::cpu {

// A row is divided into pieces, the unit of work for threads. A piece is summed in blocks, so that one block can be summed
// again without its largest term (see cpu/ops/rows.cpp).
constexpr int64_t kPieceElements = 4096;
constexpr int64_t kBlockElements = 1024;
constexpr int kPieceBlocks = kPieceElements / kBlockElements;
// The terms of a run are relative to one logit.
constexpr int64_t kRunElements = 256;
constexpr int kPieceRuns = kPieceElements / kRunElements;

// sum = sum_j 2^y_j, weighted = sum_j 2^y_j y_j; see row_statistics.h.
struct TermSums {
    float sum;
    float weighted;
};

// The sums of one piece, with y_j = x_j scale - offset and an offset at which no y_j is above 6. `max` is its largest logit.
// If all logits are -inf, max is -inf and all sums are 0, as are those of blocks beyond the end. A NaN or +inf among the
// logits makes a sum NaN.
//
// The terms themselves are relative to a reference per run, a logit of the row, or 0 while all logits have been -inf:
// y_j = (x_j - reference) scale = x_j scale - offset. The reference changes at the first runs of `references`.
struct PieceSums {
    struct Reference {
        int64_t first_run;  // kPieceRuns: the ragged end, which is shorter than a group of vectors
        double offset;
        float logit;
    };
    double offset;
    float max;
    TermSums blocks[kPieceBlocks];
    bool far;  // which of two ways y_j was computed
    int reference_count;
    Reference references[kPieceRuns + 2];
    float squares;  // sum_j 4^y_j, if asked for (DTypeLoops)
};

// A run, for gradients: the reference of its terms, and the factor that makes them relative to the row's largest logit.
struct TermRun {
    float reference;
    float factor;
};

struct DTypeLoops {
    // Whether reading terms kept by sums is faster than recomputing them.
    bool keeps_terms;
    // count <= kPieceElements; scale = log2(e) / T. One read of the piece from memory. `terms`, unless null, receives the 2^y_j
    // in an unspecified order: kPieceElements floats, aligned to 64 bytes.
    void (*sums)(const void* logits, int64_t count, float scale, float* terms, PieceSums& out);
    // The sum of the squares of the terms of a piece that sums has kept, relative to its offset.
    float (*squares)(const float* terms, int64_t count, const PieceSums& sums);
    // The sums of count elements, except the one at index `skip`, with y_j = (x_j - reference) scale; no other element exceeds
    // the reference.
    TermSums (*sums_except)(const void* logits, int64_t count, float scale, float reference, int64_t skip);
    // Index of the first element equal to value, or -1.
    int64_t (*index_of)(const void* logits, int64_t count, float value);
    // out_j = (x_j - max_logit) inverse_temperature - log_sum; out may be logits.
    void (*log_softmax)(const void* logits, void* out, int64_t count, float max_logit, float inverse_temperature,
                        float log_sum, bool streaming);
    // out_j = 2^y_j (base + slope y_j) with y_j = (x_j - max_logit) scale, see GradientCoefficients; out may be logits.
    void (*gradient)(const void* logits, void* out, int64_t count, float max_logit, float scale,
                     GradientCoefficients coefficients, bool streaming);
    // The same from the terms of sums, either kept or, if `terms` is null, recomputed with the same bits:
    // out_j = factor 2^y_j (base + slope y'_j), with y'_j = (x_j - max_logit) scale, for kPieceRuns runs and the ragged end.
    void (*gradient_of_terms)(const void* logits, const float* terms, bool far, const TermRun* runs, void* out,
                              int64_t count, float max_logit, float scale, GradientCoefficients coefficients,
                              bool streaming);
    // One element.
    float (*load)(const void* logits, int64_t index);
    void (*store)(void* out, int64_t index, float value);
};

struct Kernels {
    const char* name;
    DTypeLoops loops[3];  // by LEASH_F32, LEASH_BF16, LEASH_F16
    // y_i = 2^x_i and its sum: the bare exponential, for tests and for the exp ceiling.
    float (*exp2_sum)(const float* in, int64_t count);
    void (*exp2)(const float* in, float* out, int64_t count);
};

// name_kernels() for each entry of the list; defined only for this architecture.
#define LEASH_DECLARE(name, ...) const Kernels* name##_kernels();
LEASH_INSTRUCTION_SETS(LEASH_DECLARE)
#undef LEASH_DECLARE

}  // namespace leash::cpu

#endif
