// What an instruction set brings to the CPU provider: the loops over a piece of one row. portable.cpp, avx2.cpp and
// avx512.cpp each fill one such table from the same templates (row_loops.h); operations.cpp does everything else
// (threads, rows, losses), so that a variant is nothing but its loops.
//
// Loops never look outside [0, count) of the pointers they are given and allocate nothing. They are thread-safe.
#ifndef LEASH_CPU_KERNELS_H
#define LEASH_CPU_KERNELS_H

#include <cstdint>

#include "row_statistics.h"

namespace leash::cpu {

// Partial sums of one piece, see row_statistics.h: with y_j = x_j scale - offset, sum = sum_j 2^y_j and weighted =
// sum_j 2^y_j y_j. `max` is the piece's largest logit (the reference, for sums_except), and y is 0 there but for rounding.
// An empty piece (all -inf) has max = -inf and sum = weighted = 0. A NaN or +inf among the logits makes sum NaN.
struct PieceSums {
    double offset;
    float max;
    float sum;
    float weighted;
};

struct DTypeLoops {
    // scale = log2(e) / T. One read of the piece.
    PieceSums (*sums)(const void* logits, int64_t count, float scale);
    // As sums, without the element at index `skip`, which may be -1, and with y = 0 exactly at x = reference, which is at
    // least as large as all that is left.
    PieceSums (*sums_except)(const void* logits, int64_t count, float scale, float reference, int64_t skip);
    // Index of the first element equal to value, or -1.
    int64_t (*index_of)(const void* logits, int64_t count, float value);
    // out_j = (x_j - max_logit) inverse_temperature - log_sum; out may be logits.
    void (*log_softmax)(const void* logits, void* out, int64_t count, float max_logit, float inverse_temperature,
                        float log_sum, bool streaming);
    // out_j = 2^y_j (base + slope y_j) with y_j = (x_j - max_logit) scale, see GradientCoefficients; out may be logits.
    void (*gradient)(const void* logits, void* out, int64_t count, float max_logit, float scale,
                     GradientCoefficients coefficients, bool streaming);
    // One element.
    float (*load)(const void* logits, int64_t index);
    void (*store)(void* out, int64_t index, float value);
};

struct Kernels {
    const char* name;
    const char* description;
    const char* requires_text;  // the processor features it needs, "avx2 fma f16c"
    DTypeLoops loops[3];        // by LEASH_F32, LEASH_BF16, LEASH_F16
    // y_i = 2^x_i and its sum: the exponential alone, for tests and for the exp ceiling.
    float (*exp2_sum)(const float* in, int64_t count);
    void (*exp2)(const float* in, float* out, int64_t count);
};

// nullptr where the instruction set was not compiled in (another architecture).
const Kernels* portable_kernels();
const Kernels* avx2_kernels();
const Kernels* avx512_kernels();

}  // namespace leash::cpu

#endif
