/* The instruction sets of the CPU kernels, each a variant of every operation.
 *
 *   X(name, preference, architecture, description, features, flags)
 *
 *   name          cpu/isa/name.h defines its vector type
 *   preference    the best available one has the highest
 *   architecture  X86_64, AARCH64, or ANY
 *   features      of the processor, by g++'s names; the loops are compiled with -m for each
 *   flags         further flags for their compilation
 *
 * The Makefile reads these lines, too: one entry a line. */
#ifndef LEASH_SPEC_INSTRUCTION_SETS_H
#define LEASH_SPEC_INSTRUCTION_SETS_H

/* avx512: g++ before 13 takes the "undefined" operands inside its own intrinsics for uninitialised variables. With 32
 * registers, scheduling before their allocation pays: Zen 4 looks hardly further ahead than one exponential (sums are 4 %
 * faster, the exponential alone 10 %). */
#define LEASH_INSTRUCTION_SETS(X) \
    X(portable, 100, ANY, "any processor, 4 lanes", "", "") \
    X(neon, 110, AARCH64, "4 lanes, NEON", "", "") \
    X(avx2, 110, X86_64, "8 lanes, AVX2 with FMA", "avx2 fma f16c", "") \
    X(avx512, 120, X86_64, "16 lanes, AVX-512", "avx512f avx512bw avx512vl avx512dq fma f16c", "-fschedule-insns -Wno-uninitialized -Wno-maybe-uninitialized")

/* Every feature named above: X(feature), as __builtin_cpu_supports knows it. */
#define LEASH_CPU_FEATURES(X) \
    X(avx2) X(fma) X(f16c) X(avx512f) X(avx512bw) X(avx512vl) X(avx512dq)

#endif
