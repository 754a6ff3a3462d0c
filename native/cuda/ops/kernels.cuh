// The kernels and plans of one operation for every applicable entry of spec/cuda_variants.h. Included last in the operation's
// file, which defines, for each inclusion,
//   LEASH_OPERATION, LEASH_OPERATION_TYPE             its name, and its struct
//   LEASH_OPERATION_SUMS, LEASH_OPERATION_OUTPUT      0 or 1, as in spec/operations.h
// A kernel is named leash_<operation>_<kernel>_<dtype>.
#include "spec/cuda_variants.h"
#include "spec/dtypes.h"

#define LEASH_PASTE_(a, b) a##b
#define LEASH_PASTE(a, b) LEASH_PASTE_(a, b)
#define LEASH_TEXT_(a) #a
#define LEASH_TEXT(a) LEASH_TEXT_(a)

// Expands to its arguments if the word includes the operation.
#define LEASH_IF_00(...)
#define LEASH_IF_01(...)
#define LEASH_IF_10(...)
#define LEASH_IF_11(...) __VA_ARGS__
#define LEASH_WHERE_any(...) __VA_ARGS__
#define LEASH_WHERE_sums(...) LEASH_PASTE(LEASH_IF_1, LEASH_OPERATION_SUMS)(__VA_ARGS__)
#define LEASH_WHERE_output(...) LEASH_PASTE(LEASH_IF_1, LEASH_OPERATION_OUTPUT)(__VA_ARGS__)

#define LEASH_KERNEL_(symbol, Type, DTYPE)                                                                                   \
    extern "C" __global__ void __launch_bounds__(Type::kThreads, Type::kBlocks)                                              \
        symbol(const __grid_constant__ Type::Parameters<LEASH_OPERATION_TYPE> parameters) {                                  \
        Type::run<LEASH_OPERATION_TYPE, LEASH_##DTYPE>(parameters);                                                          \
    }                                                                                                                        \
    template <>                                                                                                              \
    struct Named<Type, LEASH_OPERATION_TYPE, LEASH_##DTYPE> {                                                                \
        static Kernel kernel() { return {LEASH_TEXT(symbol), gpu::entry_of<symbol>()}; }                                     \
    };
#define LEASH_SYMBOL_(operation, name, dtype) leash_##operation##_##name##_##dtype
#define LEASH_SYMBOL(operation, name, dtype) LEASH_SYMBOL_(operation, name, dtype)
#define LEASH_KERNEL(name, Type, dtype, DTYPE) LEASH_KERNEL_(LEASH_SYMBOL(LEASH_OPERATION, name, dtype), Type, DTYPE)
#define LEASH_KERNELS(name, Type, operations)          \
    LEASH_WHERE_##operations(                          \
        LEASH_KERNEL(name, Type, f32, F32)             \
        LEASH_KERNEL(name, Type, bf16, BF16)           \
        LEASH_KERNEL(name, Type, f16, F16))

#define LEASH_CASE(name, Type, operations)             \
    if (technique == at++) {                           \
        LEASH_WHERE_##operations(Type::plan(launches);)\
    }

namespace leash::cuda {

static_assert(LEASH_OPERATION_TYPE::kNeedsSums == LEASH_OPERATION_SUMS, "disagrees with spec/operations.h");
static_assert(LEASH_OPERATION_TYPE::kWritesMatrix == LEASH_OPERATION_OUTPUT, "disagrees with spec/operations.h");

LEASH_CUDA_KERNELS(LEASH_KERNELS)

template <>
Plan plan_operation(const LEASH_OPERATION_TYPE& operation, const Selection& selection, const leash_rows& rows,
                    const DeviceLimits& limits, void* workspace) {
    Plan plan = {};
    if (rows.logits.rows == 0) return plan;
    Launches<LEASH_OPERATION_TYPE> launches = {plan, operation, rows, limits, selection.cluster, workspace};
    const int32_t technique = variant(selection.index).technique;
    int32_t at = 0;
    LEASH_CUDA_VARIANTS(LEASH_CASE)
    return plan;
}

}  // namespace leash::cuda

#undef LEASH_OPERATION
#undef LEASH_OPERATION_TYPE
#undef LEASH_OPERATION_SUMS
#undef LEASH_OPERATION_OUTPUT
