// The statistics of a row of logits, from its sums, and the coefficients of its gradient. One copy for the CPU and the CUDA
// kernels.
//
// The loops work in units of log2, so that they need one exp2 per element and no other scaling. With scale = log2(e) / T and an
// offset per piece, near its largest x_j scale:
//
//   y_j = x_j scale - offset           sum = sum_j 2^y_j              weighted = sum_j 2^y_j y_j
//
// Rows in reinforcement learning are peaked: one token often has nearly all the mass, and 1 - p, on which the gradient depends,
// would be lost in the rounding of a sum near 1. Therefore `rest` is the sum without the largest term, which is exactly 1:
// log s = log1p(rest) and 1 - p_max = rest / (1 + rest), both to full precision.
#ifndef LEASH_MATH_ROW_STATISTICS_H
#define LEASH_MATH_ROW_STATISTICS_H

#include <cmath>

#include "leash.h"

#if defined(__CUDACC__)
#define LEASH_HOST_DEVICE __host__ __device__
#else
#define LEASH_HOST_DEVICE
#endif

namespace leash {

constexpr double kLog2E = 1.4426950408889634;
constexpr double kLn2 = 0.6931471805599453;

// log2(e) / T, the scale of the loops; finite for every T > 0, so that equal logits have equal terms. NaN for NaN.
LEASH_HOST_DEVICE inline float loop_scale(double inverse_temperature) {
    const double scale = kLog2E * inverse_temperature;
    return scale > 3.4028234663852886e38 ? 3.4028234663852886e38f : static_cast<float>(scale);
}

// A finished row, in f64 so that nothing is rounded twice. The maximum is of the logits themselves: division by the temperature
// would round it, and with a large common offset the rounding would outweigh log_sum. Reciprocals, as one thread of a GPU takes
// longer for a division than for all products here.
struct RowStatistics {
    double max_logit;            // max_j x_j
    double inverse_temperature;  // 1 / T
    double log_sum;              // log s
    double mean;                 // E[z] - max_j z_j
    double inverse_sum;          // 1 / s
    double collision;            // sum_j p_j^2, where an operation takes the sum of squares

    LEASH_HOST_DEVICE double entropy() const { return log_sum - mean; }
    LEASH_HOST_DEVICE double lse() const { return max_logit * inverse_temperature + log_sum; }
    LEASH_HOST_DEVICE double logprob(double logit) const { return (logit - max_logit) * inverse_temperature - log_sum; }
};

LEASH_HOST_DEVICE inline RowStatistics nan_row() {
    const double undefined = nan("");
    return {undefined, undefined, undefined, undefined, undefined, undefined};
}

// rest: sum without the largest term, relative to it. weighted: in log2 units, relative to the maximum. squares: sum of the
// squared terms without the largest, relative to it.
LEASH_HOST_DEVICE inline RowStatistics finish_row(double max_logit, double inverse_temperature, double rest,
                                                  double weighted, double squares) {
    const double infinity = HUGE_VAL;
    if (!(max_logit > -infinity && max_logit < infinity) || rest != rest) return nan_row();
    const double inverse_sum = 1.0 / (1.0 + rest);
    return {max_logit, inverse_temperature, log1p(rest), weighted * kLn2 * inverse_sum, inverse_sum,
            (1.0 + squares) * inverse_sum * inverse_sum};
}

// The gradient of a row in the form of the loops: with y_j = max((x_j - max_logit) c, -127),
//
//   dx_j = 2^y_j (base + slope y_j)        for every j except the target, whose value is `at_target`
//
// from dx_j = (1/T) [ g_lp (delta - p_j) + p_j (g_H (mean - (z_j - max)) + g_lse) ], p_j = 2^y_j / s.
struct GradientCoefficients {
    float base;
    float slope;
    float at_target;
};

// target_logprob is used only with has_target.
LEASH_HOST_DEVICE inline GradientCoefficients gradient_coefficients(const RowStatistics& row, bool has_target,
                                                                    double target_logprob, double grad_logprob,
                                                                    double grad_entropy, double grad_lse) {
    const double scale = row.inverse_sum * row.inverse_temperature;
    const double spread = grad_entropy * row.mean + grad_lse;
    GradientCoefficients c;
    c.base = static_cast<float>(scale * (spread - grad_logprob));
    c.slope = static_cast<float>(scale * -grad_entropy * kLn2);
    c.at_target = 0.0f;
    if (has_target) {
        // 1 - p as -expm1(log p): near p = 1 the difference would be rounding noise. The entropy term of a token of probability 0
        // is 0, the limit of p (z - max).
        const double p = exp(target_logprob);
        const double through_entropy =
            p > 0.0 ? p * (spread - grad_entropy * (target_logprob + row.log_sum)) : 0.0;
        c.at_target =
            static_cast<float>((grad_logprob * -expm1(target_logprob) + through_entropy) * row.inverse_temperature);
    }
    return c;
}

}  // namespace leash

#endif
