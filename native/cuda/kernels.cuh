// The kernels of one operation, by name: LEASH_FOR_DTYPES makes those of a variant, and kernel_of() finds them.
// A kernel is called leash_<operation>_<variant>_<dtype>.
#ifndef LEASH_CUDA_KERNELS_CUH
#define LEASH_CUDA_KERNELS_CUH

#include "kernel_names.h"
#include "resident.cuh"
#include "variants.cuh"

#define LEASH_KERNEL(operation, variant, dtype, threads, Parameters, call)                                    \
    extern "C" __global__ void __launch_bounds__(threads, blocks_of(Way::k_##variant))                            \
        leash_##operation##_##variant##_##dtype(const __grid_constant__ Parameters parameters) {               \
        call(parameters);                                                                                      \
    }                                                                                                          \
    template <>                                                                                                \
    struct Named<Parameters, Way::k_##variant, Dtype::k_##dtype> {                                             \
        static Kernel kernel() {                                                                               \
            return {"leash_" #operation "_" #variant "_" #dtype,                                               \
                    gpu::entry_of<leash_##operation##_##variant##_##dtype>()};                                  \
        }                                                                                                      \
    };

#define LEASH_FOR_DTYPES(operation, variant, threads, Parameters, Operation)                                  \
    LEASH_KERNEL(operation, variant, f32, threads, Parameters, (variant<Operation, LEASH_F32>))                \
    LEASH_KERNEL(operation, variant, bf16, threads, Parameters, (variant<Operation, LEASH_BF16>))              \
    LEASH_KERNEL(operation, variant, f16, threads, Parameters, (variant<Operation, LEASH_F16>))

namespace leash::cuda {

// Blocks that a multiprocessor is to have room for, which bounds their registers. resident has as many as its shared memory
// leaves room for (residency.h).
constexpr int blocks_of(Way way) { return way == Way::k_resident ? 2 : 3; }

enum class Dtype { k_f32 = LEASH_F32, k_bf16 = LEASH_BF16, k_f16 = LEASH_F16 };

template <class Parameters, Way kWay, Dtype kDtype>
struct Named;

template <class Parameters, Way kWay>
Kernel kernel_of(int32_t dtype) {
    switch (dtype) {
        case LEASH_BF16:
            return Named<Parameters, kWay, Dtype::k_bf16>::kernel();
        case LEASH_F16:
            return Named<Parameters, kWay, Dtype::k_f16>::kernel();
        default:
            return Named<Parameters, kWay, Dtype::k_f32>::kernel();
    }
}

}  // namespace leash::cuda

#endif
