// The five operations: check, then the device's own way.
#include "handles.h"
#include "validation.h"

namespace leash::api {

namespace {

template <class Args>
const leash_rows& check_args(const void* pointer, const char* structure) {
    const Args& args = *static_cast<const Args*>(pointer);
    check_size(args.size, sizeof args, structure);
    check(args);
    return args.rows;
}

const leash_rows& check_call(int32_t operation, const void* args) {
    check_operation(operation);
    check_not_null(args, "args");
    switch (operation) {
        case LEASH_LOG_SOFTMAX:
            return check_args<leash_log_softmax_args>(args, "leash_log_softmax_args");
        case LEASH_ENTROPY:
            return check_args<leash_entropy_args>(args, "leash_entropy_args");
        case LEASH_TOKEN_STATISTICS:
            return check_args<leash_token_statistics_args>(args, "leash_token_statistics_args");
        case LEASH_LOGITS_GRADIENT:
            return check_args<leash_logits_gradient_args>(args, "leash_logits_gradient_args");
        default:
            return check_args<leash_policy_gradient_args>(args, "leash_policy_gradient_args");
    }
}

leash_status run(leash_device* device, int32_t operation, const void* args) {
    return guarded([&] {
        opened(device);
        const leash_rows& rows = check_call(operation, args);
        device->run(operation, args, rows);
    });
}

}  // namespace

}  // namespace leash::api

using namespace leash::api;

leash_status leash_log_softmax(leash_device* device, const leash_log_softmax_args* args) {
    return run(device, LEASH_LOG_SOFTMAX, args);
}

leash_status leash_entropy(leash_device* device, const leash_entropy_args* args) {
    return run(device, LEASH_ENTROPY, args);
}

leash_status leash_token_statistics(leash_device* device, const leash_token_statistics_args* args) {
    return run(device, LEASH_TOKEN_STATISTICS, args);
}

leash_status leash_logits_gradient(leash_device* device, const leash_logits_gradient_args* args) {
    return run(device, LEASH_LOGITS_GRADIENT, args);
}

leash_status leash_policy_gradient(leash_device* device, const leash_policy_gradient_args* args) {
    return run(device, LEASH_POLICY_GRADIENT, args);
}

leash_status leash_run(leash_device* device, int32_t operation, const void* args, const void*, const void*,
                       const void*, const void*, const void*, const void*, const void*, const void*, const void*,
                       const void*, const void*, const void*, const void*, const void*, const void*, const void*) {
    return run(device, operation, args);
}

leash_status leash_plan_call(leash_device* device, int32_t operation, const void* args, leash_plan* plan) {
    return guarded([&] {
        opened(device);
        const leash_rows& rows = check_call(operation, args);
        check_not_null(plan, "plan");
        check_size(plan->size, sizeof *plan, "leash_plan");
        device->plan(operation, args, rows, plan);
    });
}
