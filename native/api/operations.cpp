// The five operations: check, choose the loops, run, report targets out of range.
#include "operations.h"

#include <mutex>

#include "handles.h"
#include "status.h"
#include "validation.h"
#include "variants.h"

namespace leash::api {

namespace {

void report(const cpu::TargetFault& fault, int64_t vocab) {
    if (fault.rows == 0) return;
    fail(LEASH_ERROR_TARGET_OUT_OF_RANGE,
         "target[%lld] = %lld is outside [0, %lld); its row is NaN (rows with such a target: %lld)",
         static_cast<long long>(fault.first_row), static_cast<long long>(fault.target), static_cast<long long>(vocab),
         static_cast<long long>(fault.rows));
}

template <class Args>
leash_status run(leash_device* device, const Args* args, int32_t operation, const char* structure,
                 cpu::TargetFault (*compute)(cpu::CpuDevice&, const cpu::Kernels&, const Args&)) {
    return guarded([&] {
        cpu::CpuDevice& cpu = opened(device).cpu;
        check_not_null(args, "args");
        check_size(args->size, sizeof *args, structure);
        check(*args);
        const cpu::Kernels& kernels = kernels_for(operation, args->rows.variant);
        const std::lock_guard<std::mutex> lock(cpu.one_call_at_a_time);
        report(compute(cpu, kernels, *args), args->rows.logits.vocab);
    });
}

}  // namespace

}  // namespace leash::api

using leash::api::run;

leash_status leash_log_softmax(leash_device* device, const leash_log_softmax_args* args) {
    return run(device, args, LEASH_LOG_SOFTMAX, "leash_log_softmax_args", leash::cpu::log_softmax);
}

leash_status leash_entropy(leash_device* device, const leash_entropy_args* args) {
    return run(device, args, LEASH_ENTROPY, "leash_entropy_args", leash::cpu::entropy);
}

leash_status leash_token_statistics(leash_device* device, const leash_token_statistics_args* args) {
    return run(device, args, LEASH_TOKEN_STATISTICS, "leash_token_statistics_args", leash::cpu::token_statistics);
}

leash_status leash_logits_gradient(leash_device* device, const leash_logits_gradient_args* args) {
    return run(device, args, LEASH_LOGITS_GRADIENT, "leash_logits_gradient_args", leash::cpu::logits_gradient);
}

leash_status leash_policy_gradient(leash_device* device, const leash_policy_gradient_args* args) {
    return run(device, args, LEASH_POLICY_GRADIENT, "leash_policy_gradient_args", leash::cpu::policy_gradient);
}

leash_status leash_run(leash_device* device, int32_t operation, const void* args, const void*, const void*,
                       const void*, const void*, const void*, const void*, const void*, const void*, const void*,
                       const void*, const void*, const void*, const void*, const void*, const void*, const void*) {
    switch (operation) {
        case LEASH_LOG_SOFTMAX:
            return leash_log_softmax(device, static_cast<const leash_log_softmax_args*>(args));
        case LEASH_ENTROPY:
            return leash_entropy(device, static_cast<const leash_entropy_args*>(args));
        case LEASH_TOKEN_STATISTICS:
            return leash_token_statistics(device, static_cast<const leash_token_statistics_args*>(args));
        case LEASH_LOGITS_GRADIENT:
            return leash_logits_gradient(device, static_cast<const leash_logits_gradient_args*>(args));
        case LEASH_POLICY_GRADIENT:
            return leash_policy_gradient(device, static_cast<const leash_policy_gradient_args*>(args));
        default:
            return leash::api::guarded([&] {
                leash::api::fail(LEASH_ERROR_INVALID_ARGUMENT, "operation = %d does not exist; ids run from 0 to 4",
                                 operation);
            });
    }
}
