// logits_gradient: the backward pass from saved statistics. Nothing to sum, so every variant is 1R + 1W; they differ in who
// writes what. An element costs subtract, multiply, clamp, ex2, multiply-add, multiply, and the comparison with the target.
#include "kernels.cuh"

namespace leash::cuda {

LEASH_FOR_DTYPES(logits_gradient, naive, kBlockThreads, LogitsGradient, LogitsGradient)
LEASH_FOR_DTYPES(logits_gradient, two_read, kBlockThreads, LogitsGradient, LogitsGradient)
LEASH_FOR_DTYPES(logits_gradient, warp, kWarpBlockThreads, LogitsGradient, LogitsGradient)
LEASH_FOR_DTYPES(logits_gradient, split_finish, kWarpBlockThreads, Split<LogitsGradient>, LogitsGradient)
LEASH_FOR_DTYPES(logits_gradient, split_output, kBlockThreads, Split<LogitsGradient>, LogitsGradient)

Kernel logits_gradient_kernel(Way way, int32_t dtype) {
    switch (way) {
        case Way::k_naive:
            return kernel_of<LogitsGradient, Way::k_naive>(dtype);
        case Way::k_two_read:
            return kernel_of<LogitsGradient, Way::k_two_read>(dtype);
        case Way::k_warp:
            return kernel_of<LogitsGradient, Way::k_warp>(dtype);
        case Way::k_split_finish:
            return kernel_of<Split<LogitsGradient>, Way::k_split_finish>(dtype);
        case Way::k_split_output:
            return kernel_of<Split<LogitsGradient>, Way::k_split_output>(dtype);
        default:
            return {nullptr, nullptr};
    }
    return {nullptr, nullptr};
}

}  // namespace leash::cuda
