// The host part of a variant: every struct of LEASH_CUDA_VARIANTS (spec/cuda_variants.h) derives from AnyRows, defines kTraits and
// reads(), and overrides the rest as needed. Compiled with or without CUDA.
//
// In code for the GPU or the emulator (LEASH_DEVICE_CODE) a variant also has
//   template <class Operation> static void plan(Launches<Operation>& launches)     its launches (cuda/ops/launches.cuh)
// and every struct of LEASH_CUDA_KERNELS has
//   kThreads, kBlocks                                threads per block; minimum resident blocks per multiprocessor
//   template <class Operation> using Parameters      the kernel's parameter
//   template <class Operation, int kDType> static __device__ void run(const Parameters<Operation>&)
#ifndef LEASH_CUDA_VARIANTS_VARIANT_H
#define LEASH_CUDA_VARIANTS_VARIANT_H

#include <cstdint>
#include <string>

#include "cuda/host/catalogue.h"

#if defined(__CUDACC__) || defined(LEASH_EMULATED)
#define LEASH_DEVICE_CODE 1
#else
#define LEASH_DEVICE_CODE 0
#endif

namespace leash::cuda {

constexpr int64_t kMaxBlocks = INT32_MAX;

struct Traits {
    const char* description;
    int64_t max_vocab;  // with the smallest dtype
    int32_t min_compute_capability;
    int32_t preference;
};

// Vectors of 16 bytes in a row.
inline int64_t vectors_of(int64_t vocab, int32_t dtype) { return (vocab - 1) / (dtype == LEASH_F32 ? 4 : 8) + 1; }

struct AnyRows {
    static constexpr int kMaxCluster = 0;  // no clusters
    // "" if the rows, which are within kTraits, are supported, else the reason.
    static std::string refusal(const leash_rows&, const DeviceLimits&, int32_t) { return ""; }
    static int64_t workspace_bytes(const leash_rows&) { return 0; }
};

}  // namespace leash::cuda

#endif
