// The exported operations: they check arguments, then call the device.
#include "api/arguments.h"
#include "api/validation.h"
#include "api/variants.h"
#include "device/device.h"
#include "leash_jvm.h"
#include "spec/operations.h"

namespace leash::api {

namespace {

template <class Args>
const leash_rows& check_args(const void* pointer) {
    const Args& args = *static_cast<const Args*>(pointer);
    check(args);
    return args.rows;
}

const leash_rows& check_call(int32_t operation, const void* args) {
    check_operation(operation);
    check_not_null(args, "args");
    switch (operation) {
#define LEASH_CASE(id, NAME, name, ...) \
    case LEASH_##NAME:                  \
        return check_args<leash_##name##_args>(args);
        LEASH_OPERATIONS(LEASH_CASE)
#undef LEASH_CASE
        default:
            fail(LEASH_ERROR_INTERNAL, "operation %d has no struct", operation);
    }
}

leash_status run(leash_device* device, int32_t operation, const void* args) {
    return guarded([&] {
        opened(device);
        const leash_rows& rows = check_call(operation, args);
        device->run(operation, variant_of(operation, device->kind(), rows.variant), args, rows);
    });
}

}  // namespace

}  // namespace leash::api

using namespace leash;
using namespace leash::api;

#define LEASH_DEFINE(id, NAME, name, ...)                                                   \
    leash_status leash_##name(leash_device* device, const leash_##name##_args* args) {      \
        return run(device, LEASH_##NAME, args);                                             \
    }
LEASH_OPERATIONS(LEASH_DEFINE)
#undef LEASH_DEFINE

leash_status leash_run_pinned(leash_device* device, int32_t operation, const void* args, ...) {
    return run(device, operation, args);
}

leash_status leash_plan_call(leash_device* device, int32_t operation, const void* args, leash_plan* plan) {
    return guarded([&] {
        opened(device);
        const leash_rows& rows = check_call(operation, args);
        check_not_null(plan, "plan");
        device->plan(operation, variant_of(operation, device->kind(), rows.variant), args, rows, plan);
        plan->variant = id_of_cuda_variant(plan->variant);
    });
}
