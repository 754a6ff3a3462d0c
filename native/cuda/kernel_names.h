// Where the kernels of every operation are found. NULL names for what an operation has no use for: nothing is left over of
// token_statistics once its columns are written, and logits_gradient has nothing to sum.
#ifndef LEASH_CUDA_KERNEL_NAMES_H
#define LEASH_CUDA_KERNEL_NAMES_H

#include <cstdint>

#include "plan.h"

namespace leash::cuda {

enum class Way { k_naive, k_two_read, k_warp, k_split_sums, k_split_finish, k_split_output, k_resident };

Kernel log_softmax_kernel(Way way, int32_t dtype);
Kernel token_statistics_kernel(Way way, int32_t dtype);
Kernel logits_gradient_kernel(Way way, int32_t dtype);
Kernel policy_gradient_kernel(Way way, int32_t dtype);

}  // namespace leash::cuda

#endif
