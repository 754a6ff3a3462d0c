// policy_gradient: loss and gradient of a row. 1R + 1W at least, in place; naive 3R + 1W, two_read and split 2R + 1W, warp and
// resident 1R + 1W. The loss is the one of common/policy_loss.h, in f64 and by one thread a row.
#include "kernels.cuh"

namespace leash::cuda {

LEASH_FOR_DTYPES(policy_gradient, naive, kBlockThreads, PolicyGradient, PolicyGradient)
LEASH_FOR_DTYPES(policy_gradient, two_read, kBlockThreads, PolicyGradient, PolicyGradient)
LEASH_FOR_DTYPES(policy_gradient, warp, kWarpBlockThreads, PolicyGradient, PolicyGradient)
LEASH_FOR_DTYPES(policy_gradient, split_sums, kBlockThreads, Split<PolicyGradient>, PolicyGradient)
LEASH_FOR_DTYPES(policy_gradient, split_finish, kWarpBlockThreads, Split<PolicyGradient>, PolicyGradient)
LEASH_FOR_DTYPES(policy_gradient, split_output, kBlockThreads, Split<PolicyGradient>, PolicyGradient)
LEASH_FOR_DTYPES(policy_gradient, resident, kBlockThreads, Resident<PolicyGradient>, PolicyGradient)

Kernel policy_gradient_kernel(Way way, int32_t dtype) {
    switch (way) {
        case Way::k_naive:
            return kernel_of<PolicyGradient, Way::k_naive>(dtype);
        case Way::k_two_read:
            return kernel_of<PolicyGradient, Way::k_two_read>(dtype);
        case Way::k_warp:
            return kernel_of<PolicyGradient, Way::k_warp>(dtype);
        case Way::k_split_sums:
            return kernel_of<Split<PolicyGradient>, Way::k_split_sums>(dtype);
        case Way::k_split_finish:
            return kernel_of<Split<PolicyGradient>, Way::k_split_finish>(dtype);
        case Way::k_split_output:
            return kernel_of<Split<PolicyGradient>, Way::k_split_output>(dtype);
        case Way::k_resident:
            return kernel_of<Resident<PolicyGradient>, Way::k_resident>(dtype);
    }
    return {nullptr, nullptr};
}

}  // namespace leash::cuda
