// log_softmax: out = (x - max) / T - log s, in place or not. 1R + 1W at least; naive 3R + 1W, two_read and split 2R + 1W, warp and
// resident 1R + 1W. The element costs three operations beside the sums (sums.cuh).
#include "kernels.cuh"

namespace leash::cuda {

LEASH_FOR_DTYPES(log_softmax, naive, kBlockThreads, LogSoftmax, LogSoftmax)
LEASH_FOR_DTYPES(log_softmax, two_read, kBlockThreads, LogSoftmax, LogSoftmax)
LEASH_FOR_DTYPES(log_softmax, warp, kWarpBlockThreads, LogSoftmax, LogSoftmax)
LEASH_FOR_DTYPES(log_softmax, split_sums, kBlockThreads, Split<LogSoftmax>, LogSoftmax)
LEASH_FOR_DTYPES(log_softmax, split_finish, kWarpBlockThreads, Split<LogSoftmax>, LogSoftmax)
LEASH_FOR_DTYPES(log_softmax, split_output, kBlockThreads, Split<LogSoftmax>, LogSoftmax)
LEASH_FOR_DTYPES(log_softmax, resident, kBlockThreads, Resident<LogSoftmax>, LogSoftmax)

Kernel log_softmax_kernel(Way way, int32_t dtype) {
    switch (way) {
        case Way::k_naive:
            return kernel_of<LogSoftmax, Way::k_naive>(dtype);
        case Way::k_two_read:
            return kernel_of<LogSoftmax, Way::k_two_read>(dtype);
        case Way::k_warp:
            return kernel_of<LogSoftmax, Way::k_warp>(dtype);
        case Way::k_split_sums:
            return kernel_of<Split<LogSoftmax>, Way::k_split_sums>(dtype);
        case Way::k_split_finish:
            return kernel_of<Split<LogSoftmax>, Way::k_split_finish>(dtype);
        case Way::k_split_output:
            return kernel_of<Split<LogSoftmax>, Way::k_split_output>(dtype);
        case Way::k_resident:
            return kernel_of<Resident<LogSoftmax>, Way::k_resident>(dtype);
    }
    return {nullptr, nullptr};
}

}  // namespace leash::cuda
