// plan_name(args, selection, limits, fault, workspace) for each operation, in its file in cuda/ops: plan() (plan.h) of its struct.
#ifndef LEASH_CUDA_HOST_OPERATIONS_H
#define LEASH_CUDA_HOST_OPERATIONS_H

#include "cuda/host/plan.h"
#include "spec/operations.h"

namespace leash::cuda {

#define LEASH_DECLARE(id, NAME, name, ...)                                                                        \
    Plan plan_##name(const leash_##name##_args& args, const Selection& selection, const DeviceLimits& limits,     \
                     Fault* fault, void* workspace);
LEASH_OPERATIONS(LEASH_DECLARE)
#undef LEASH_DECLARE

}  // namespace leash::cuda

#endif
