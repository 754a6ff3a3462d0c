// token_statistics, and entropy, which is its columns less all but one: 1R. two_read reads once, as nothing is written; naive
// reads twice.
#include "kernels.cuh"

namespace leash::cuda {

LEASH_FOR_DTYPES(token_statistics, naive, kBlockThreads, TokenStatistics, TokenStatistics)
LEASH_FOR_DTYPES(token_statistics, two_read, kBlockThreads, TokenStatistics, TokenStatistics)
LEASH_FOR_DTYPES(token_statistics, warp, kWarpBlockThreads, TokenStatistics, TokenStatistics)
LEASH_FOR_DTYPES(token_statistics, split_sums, kBlockThreads, Split<TokenStatistics>, TokenStatistics)
LEASH_FOR_DTYPES(token_statistics, split_finish, kWarpBlockThreads, Split<TokenStatistics>, TokenStatistics)

Kernel token_statistics_kernel(Way way, int32_t dtype) {
    switch (way) {
        case Way::k_naive:
            return kernel_of<TokenStatistics, Way::k_naive>(dtype);
        case Way::k_two_read:
            return kernel_of<TokenStatistics, Way::k_two_read>(dtype);
        case Way::k_warp:
            return kernel_of<TokenStatistics, Way::k_warp>(dtype);
        case Way::k_split_sums:
            return kernel_of<Split<TokenStatistics>, Way::k_split_sums>(dtype);
        case Way::k_split_finish:
            return kernel_of<Split<TokenStatistics>, Way::k_split_finish>(dtype);
        default:
            return {nullptr, nullptr};
    }
    return {nullptr, nullptr};
}

}  // namespace leash::cuda
