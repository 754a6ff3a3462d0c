// The launches of one call, added by its variant.
#ifndef LEASH_CUDA_OPS_LAUNCHES_CUH
#define LEASH_CUDA_OPS_LAUNCHES_CUH

#include <algorithm>
#include <cstring>

#include "cuda/host/plan.h"
#include "cuda/variants/variant.h"

namespace leash::cuda {

// kernel(): the kernel of a struct of LEASH_CUDA_KERNELS for an operation and a dtype; specialised by kernels.cuh.
template <class KernelType, class Operation, int kDType>
struct Named;

template <class KernelType, class Operation>
Kernel kernel_of(int32_t dtype) {
    switch (dtype) {
        case LEASH_BF16:
            return Named<KernelType, Operation, LEASH_BF16>::kernel();
        case LEASH_F16:
            return Named<KernelType, Operation, LEASH_F16>::kernel();
        default:
            return Named<KernelType, Operation, LEASH_F32>::kernel();
    }
}

template <class Operation>
struct Launches {
    Plan& plan;
    const Operation& operation;
    const leash_rows& rows;  // at least one
    const DeviceLimits& limits;
    int32_t cluster;  // requested, or 0
    void* workspace;  // Variant::workspace_bytes

    int64_t row_count() const { return rows.logits.rows; }

    // If there are more rows or tasks than blocks, kernels loop over them.
    template <class KernelType>
    void add(int64_t blocks, int64_t shared_bytes, const typename KernelType::template Parameters<Operation>& parameters,
             int blocks_of_cluster = 1) {
        static_assert(sizeof parameters <= kMaxParameterBytes, "the parameters of a kernel have grown");
        Launch& launch = plan.launch[plan.launches++];
        launch.kernel = kernel_of<KernelType, Operation>(rows.logits.dtype);
        launch.blocks = static_cast<uint32_t>(std::min(blocks, kMaxBlocks));
        launch.threads = KernelType::kThreads;
        launch.cluster = static_cast<uint32_t>(blocks_of_cluster);
        launch.shared_bytes = static_cast<uint32_t>(shared_bytes);
        launch.parameter_bytes = sizeof parameters;
        std::memcpy(launch.parameters, &parameters, sizeof parameters);
    }
};

// Defined for each operation by kernels.cuh.
template <class Operation>
Plan plan_operation(const Operation& operation, const Selection& selection, const leash_rows& rows, const DeviceLimits& limits,
                    void* workspace);

}  // namespace leash::cuda

#endif
