// The CUDA variants: for each an include, a line in the first list, and a line for each of its kernels in the second. Traffic,
// limits, launches and device code are in the header. R reads and W writes are of the row's bytes in device memory.
//
// X(name, Type, operations): leash_<operation>_<name>_<dtype> are the kernels; operations is
//   any               every operation
//   sums              every operation that takes a row's statistics from its logits
//   output            every operation that writes a matrix
//
// A thread sums the vectors that are congruent to its index, front to back; threads combine in a fixed tree, slices in
// order. So the order depends on the vocabulary (which sets slices) and the variant alone.
#ifndef LEASH_SPEC_CUDA_VARIANTS_H
#define LEASH_SPEC_CUDA_VARIANTS_H

#include "cuda/variants/naive.cuh"
#include "cuda/variants/resident.cuh"
#include "cuda/variants/split.cuh"
#include "cuda/variants/two_read.cuh"
#include "cuda/variants/warp.cuh"

#define LEASH_CUDA_VARIANTS(X)      \
    X(naive, Naive, any)            \
    X(two_read, TwoRead, any)       \
    X(warp, Warp, any)              \
    X(split, Split, any)            \
    X(resident, Resident, sums)

#define LEASH_CUDA_KERNELS(X)                   \
    X(naive, Naive, any)                        \
    X(two_read, TwoRead, any)                   \
    X(warp, Warp, any)                          \
    X(split_sums, Split::Sums, sums)            \
    X(split_finish, Split::Finish, any)         \
    X(split_output, Split::Output, output)      \
    X(resident, Resident, sums)

#endif
