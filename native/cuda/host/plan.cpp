#include "cuda/host/plan.h"

#include "cuda/host/operations.h"

namespace leash::cuda {

Plan plan(const Selection& selection, const void* args, const DeviceLimits& limits, Fault* fault, void* workspace) {
    switch (variant(selection.index).operation) {
#define LEASH_CASE(id, NAME, name, ...) \
    case LEASH_##NAME:                  \
        return plan_##name(*static_cast<const leash_##name##_args*>(args), selection, limits, fault, workspace);
        LEASH_OPERATIONS(LEASH_CASE)
#undef LEASH_CASE
        default:
            return {};
    }
}

}  // namespace leash::cuda
