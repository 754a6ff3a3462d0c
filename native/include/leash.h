/*
 * leash: kernels for the hot path of reinforcement learning with verifiable rewards.
 *
 * This header is the C ABI and its comments are the contract. It is plain C99, so that bindings can be generated from it;
 * leash_jvm.h adds what a JVM needs.
 *
 * Compatibility. A program works with a library whose leash_abi_version() equals the LEASH_ABI_VERSION it was compiled with, and
 * with no other: there is no compatibility between versions. leash_layout_get tells a binding in another language whether its
 * structs have the library's layout.
 *
 * Notation. A row holds the logits x_j, 0 <= j < vocab, of one token position. With temperature T, z_j = x_j / T:
 *
 *   max       m    = max_j z_j
 *   sum       s    = sum_j exp(z_j - m)
 *   lse            = m + log s                                   log-sum-exp
 *   mean           = sum_j exp(z_j - m) (z_j - m) / s            expectation of z under the policy, less m; <= 0
 *   logprob_j      = (z_j - m) - log s                           never z_j - lse, which loses log s at large offsets
 *   p_j            = exp(logprob_j)
 *   entropy   H    = log s - mean                                nats, 0 <= H <= log(vocab)
 *
 * Memory. Every pointer in an argument struct is memory that the device can read: for a CPU device, any memory of
 * the process, aligned to its element type; for a CUDA device, memory that leash_allocate or CUDA gave for it. The
 * library keeps no pointer after a call has completed. Matrices are row-major with a row stride in elements; the padding
 * between rows is never touched.
 *
 * Streams. What a CPU device is asked for is done when the call returns. A CUDA device is a stream of its GPU: operations,
 * fills and enqueued copies are put into it, are done in that order, and return before they are done; leash_synchronize
 * waits for them. To use several streams, open the GPU several times and order them by events (leash_wait). Memory
 * serves all streams of its GPU.
 *
 * Precision. Logits are f32, bf16 or f16; all arithmetic is f32 with f64 in the per-row scalars, and all per-row
 * arrays are f32. A half-precision output is the f32 result rounded once, to nearest even.
 *
 * Determinism. The order of every sum depends on vocab and the variant alone: results are bitwise the same at any
 * row position, row count, thread count and mask, in place or not.
 *
 * Special values. A NaN or +inf logit makes its own row NaN and no other. A -inf logit has probability 0, adds
 * nothing and gets a zero gradient, but for the gradient of its own logprob where it is the target; a row of nothing
 * else is NaN. A target of logit -inf has logprob -inf.
 *
 * Masked rows (mask[r] == 0) are not read, not even their targets; whatever they would have produced is 0.
 *
 * Targets outside [0, vocab) are never dereferenced. Their rows come out NaN, all other rows as usual, and the call
 * (or, on a device that runs asynchronously, the next leash_synchronize) returns LEASH_ERROR_TARGET_OUT_OF_RANGE
 * with a message that names the first of them.
 *
 * Errors. Functions return a status; anything but LEASH_OK leaves a message for leash_last_error() of the same
 * thread. A call refused for its arguments has written nothing. What fails on a GPU after the call has returned shows in
 * whatever is called next: LEASH_ERROR_DEVICE_LOST, with the calls that may have caused it. CUDA then takes nothing more of
 * this process for that GPU, and neither does the device: every further call but closing and freeing returns the same.
 *
 * Threads. Any thread may use any device; calls on one device run one after the other. Closing a device while
 * another thread uses it is the caller's error.
 */
#ifndef LEASH_H
#define LEASH_H

#include <stddef.h>
#include <stdint.h>

#include "spec/dtypes.h"
#include "spec/losses.h"
#include "spec/operations.h"

#if defined(__GNUC__)
#define LEASH_API __attribute__((visibility("default")))
#else
#define LEASH_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Raised by one whenever a struct, a constant or a prototype changes its meaning or its layout. */
#define LEASH_ABI_VERSION 5

/* -------------------------------------------------------------------------------------------------- status -- */

typedef int32_t leash_status;

enum {
    LEASH_OK = 0,
    LEASH_ERROR_INVALID_ARGUMENT = 1,    /* a shape, stride, dtype, pointer or number that the contract forbids */
    LEASH_ERROR_UNSUPPORTED = 2,         /* legal, but not for this variant: its limits are in leash_variant */
    LEASH_ERROR_UNAVAILABLE = 3,         /* the device or the variant does not exist on this machine */
    LEASH_ERROR_OUT_OF_MEMORY = 4,
    LEASH_ERROR_TARGET_OUT_OF_RANGE = 5, /* the call has completed; the rows concerned are NaN */
    LEASH_ERROR_INTERNAL = 6,
    LEASH_ERROR_DEVICE_LOST = 7 /* a GPU failed under an earlier call; this process cannot use it any more */
};

/* The version that this library was built with. Compare with LEASH_ABI_VERSION before anything else. */
LEASH_API uint32_t leash_abi_version(void);

/* What the last failing call of this thread had to say, never NULL; valid until the thread's next failing call. */
LEASH_API const char *leash_last_error(void);

/* ------------------------------------------------------------------------------------------------- devices -- */

typedef struct leash_device leash_device;

enum { LEASH_DEVICE_CPU = 0, LEASH_DEVICE_CUDA = 1 };

typedef struct leash_device_options {
    int32_t threads; /* CPU: threads that share a call, the caller's among them; 0 = one per available processor */
} leash_device_options;

typedef struct leash_device_properties {
    int32_t kind;
    int32_t ordinal;
    int32_t threads;            /* CPU: as opened; CUDA: 0 */
    int32_t compute_capability; /* CUDA: 90 for 9.0; CPU: 0, as all that follows but for name and instruction_sets */
    int64_t memory_bytes;
    int64_t last_level_cache_bytes; /* 0 when unknown */
    int64_t shared_bytes_per_block; /* the most shared memory that a kernel can ask for */
    int32_t multiprocessors;
    int32_t driver_version;     /* the CUDA version that the driver is for: 13000 for 13.0 */
    char name[128];             /* processor or GPU, NUL-terminated */
    char instruction_sets[128]; /* CPU: what kernels can use here, such as "avx2 fma f16c"; CUDA: "sm_90" */
} leash_device_properties;

/* How many devices of a kind there are: LEASH_ERROR_UNAVAILABLE, with what is missing, where there are none. */
LEASH_API leash_status leash_device_count(int32_t kind, int32_t *count);

/* options may be NULL. Devices may be opened several times; the only CPU has ordinal 0. */
LEASH_API leash_status leash_device_open(int32_t kind, int32_t ordinal, const leash_device_options *options,
                                         leash_device **device);
/* Synchronises first; the device is closed whatever comes of that. Its memory is not freed, and of its events none is of use
 * any more but to be destroyed. */
LEASH_API leash_status leash_device_close(leash_device *device);
LEASH_API leash_status leash_device_get_properties(leash_device *device, leash_device_properties *properties);

/* Waits until all work of the device is done, and reports targets that were out of range. */
LEASH_API leash_status leash_synchronize(leash_device *device);

/* The cudaStream_t of a CUDA device, for work of the caller's own; NULL for a CPU. */
LEASH_API leash_status leash_device_stream(leash_device *device, void **stream);

/* ------------------------------------------------------------------------------- memory that a device reads -- */

/* Memory is aligned to 64 bytes and not initialised. Freeing waits until the GPU has done all work. */
LEASH_API leash_status leash_allocate(leash_device *device, int64_t bytes, void **memory);
LEASH_API leash_status leash_free(leash_device *device, void *memory);

/* Memory of the host that the device copies from and to without waiting for the host: page-locked for CUDA. */
LEASH_API leash_status leash_allocate_host(leash_device *device, int64_t bytes, void **memory);
LEASH_API leash_status leash_free_host(leash_device *device, void *memory);

enum { LEASH_COPY_HOST_TO_DEVICE = 0, LEASH_COPY_DEVICE_TO_HOST = 1, LEASH_COPY_DEVICE_TO_DEVICE = 2 };

/* After the work before it; done when it returns. */
LEASH_API leash_status leash_copy(leash_device *device, void *to, const void *from, int64_t bytes,
                                  int32_t direction);
/* The same, but returns before it is done, where the memory of the host is leash_allocate_host's; neither memory may be freed
 * or written until then. */
LEASH_API leash_status leash_enqueue_copy(leash_device *device, void *to, const void *from, int64_t bytes,
                                          int32_t direction);
LEASH_API leash_status leash_fill(leash_device *device, void *memory, int32_t byte_value, int64_t bytes);

/* -------------------------------------------------------------------------------------------- device timing -- */

typedef struct leash_event leash_event;

LEASH_API leash_status leash_event_create(leash_device *device, leash_event **event);
LEASH_API leash_status leash_event_record(leash_device *device, leash_event *event);
/* What the device is given from now on waits for what was recorded, on this device or on another of its GPU. */
LEASH_API leash_status leash_wait(leash_device *device, leash_event *event);
/* Both events must have been recorded. Waits for end to have happened. */
LEASH_API leash_status leash_event_elapsed_ns(leash_event *begin, leash_event *end, double *elapsed_ns);
LEASH_API leash_status leash_event_destroy(leash_event *event);

/* ------------------------------------------------------------------------------------------------ variants -- */

/* LEASH_F32, LEASH_BF16, LEASH_F16: spec/dtypes.h. */
#define LEASH_ENUMERATOR(id, NAME, ...) LEASH_##NAME = id,
enum { LEASH_DTYPES(LEASH_ENUMERATOR) };

/* LEASH_LOG_SOFTMAX, LEASH_ENTROPY, LEASH_TOKEN_STATISTICS, LEASH_LOGITS_GRADIENT, LEASH_POLICY_GRADIENT: spec/operations.h. */
enum { LEASH_OPERATIONS(LEASH_ENUMERATOR) };
#undef LEASH_ENUMERATOR

enum {
    LEASH_LIST_OPERATIONS = 0,
    LEASH_LIST_DTYPES = 1,
    LEASH_LIST_LOSSES = 2,
    LEASH_LIST_KL_ESTIMATORS = 3,
    LEASH_LIST_ROLLOUTS = 4
};

/* The name of an entry of a list in spec/, "token_statistics" or "bf16": ids run from 0. NULL where there is no such entry. */
LEASH_API const char *leash_name(int32_t list, int32_t id);

/* One way of computing one operation on one kind of device. Its place in the list is its id. "auto" of a CUDA device is the
 * one that the table of choices names for a call. */
typedef struct leash_variant {
    int32_t operation;
    int32_t device_kind;
    uint32_t dtypes;         /* bit (1 << dtype) for each dtype of logits */
    int32_t available;       /* 1: runs on this machine */
    int64_t max_vocab;       /* longest row, of the shortest dtype */
    int32_t preference;      /* among available ones, the highest is the best */
    int32_t min_compute_capability; /* CUDA: 90 for 9.0; CPU: 0 */
    int32_t reads;           /* how often a row's logits are read from memory; 0: depends on the call ("auto") */
    int32_t writes;          /* how often a row of the output matrix is written; 0: there is none */
    const char *name;        /* "avx2"; unique per operation and device kind */
    const char *description; /* one line */
    const char *reason;      /* why not available; "" when it is */
} leash_variant;

#define LEASH_VARIANT_AUTO (-1)

LEASH_API int32_t leash_variant_count(void);
LEASH_API leash_status leash_variant_get(int32_t id, leash_variant *variant);

/* A line of the table by which a CUDA device chooses: the first that applies, and whose variant takes the call. The number of
 * rows counts, so what is chosen, and with it the order of sums, may change with it. */
typedef struct leash_choice {
    int32_t operation; /* -1: any */
    uint32_t dtypes;   /* bit (1 << dtype) */
    int64_t min_vocab;
    int64_t max_vocab;
    int64_t max_rows;
    int32_t min_compute_capability;
    int32_t cluster;      /* resident: blocks that hold a row together; 0: as few as may be */
    const char *variant;  /* its name */
    const char *evidence; /* the measurement that chose it, or "unmeasured" */
} leash_choice;

LEASH_API int32_t leash_choice_count(void);
LEASH_API leash_status leash_choice_get(int32_t index, leash_choice *choice);

/* The line for logits of this shape on a CUDA device like this, whether there is one or not. LEASH_ERROR_UNSUPPORTED, with
 * the reason, where no variant takes them. */
LEASH_API leash_status leash_choose(int32_t operation, int32_t dtype, int64_t rows, int64_t vocab,
                                    int32_t compute_capability, int64_t shared_bytes_per_block, int32_t *index);

/* ---------------------------------------------------------------------------------------------- operations -- */

/* Element (r, j) lies at data + (r * row_stride + j) * sizeof(element). rows may be 0; vocab is in [1, 2^31). */
typedef struct leash_matrix {
    void *data;
    int64_t rows;
    int64_t vocab;
    int64_t row_stride; /* elements, >= vocab */
    int32_t dtype;
    int32_t reserved;
} leash_matrix;

/* What all operations share. An output matrix has the logits' rows, vocab and dtype, and is the very same memory with
 * the same stride (in place) or does not overlap the logits at all. */
typedef struct leash_rows {
    leash_matrix logits;
    const float *temperatures; /* [rows], finite and > 0, or NULL: temperature for all rows. A bad entry makes a NaN row */
    const uint8_t *mask;       /* [rows], 0 = masked, or NULL: no row is */
    float temperature;         /* finite and > 0 */
    int32_t variant;           /* id, or LEASH_VARIANT_AUTO */
} leash_rows;

/* What the backward pass needs of the forward pass, per row. */
typedef struct leash_row_statistics {
    float max;     /* max_j x_j: of the logits, not of z, so that it is exact */
    float log_sum; /* log s */
    float mean;    /* as above, in z */
} leash_row_statistics;

/* log-probabilities of every token. Least traffic: one read, one write. */
typedef struct leash_log_softmax_args {
    leash_rows rows;
    leash_matrix logprobs;
} leash_log_softmax_args;

/* Least traffic: one read. */
typedef struct leash_entropy_args {
    leash_rows rows;
    float *entropy; /* [rows] */
} leash_entropy_args;

/* Any output but one may be NULL. Least traffic: one read. */
typedef struct leash_token_statistics_args {
    leash_rows rows;
    const int32_t *targets; /* [rows]; NULL only where logprob is NULL too */
    float *logprob;         /* [rows], of the target */
    float *entropy;         /* [rows] */
    float *lse;             /* [rows] */
    leash_row_statistics *statistics; /* [rows] */
} leash_token_statistics_args;

/* The backward pass of token_statistics: the chain rule from the gradients of a scalar loss with respect to each row's
 * logprob, entropy and lse to that with respect to its logits. With g_lp, g_H and g_lse:
 *
 *   dx_j = (1/T) [ g_lp (delta_jy - p_j) + p_j ( g_H (mean - (z_j - m)) + g_lse ) ],       sum_j dx_j = g_lse / T
 *
 * Least traffic: one read, one write. */
typedef struct leash_logits_gradient_args {
    leash_rows rows;
    const int32_t *targets;                 /* [rows]; NULL only where grad_logprob is NULL too */
    const leash_row_statistics *statistics; /* [rows], of the same logits and temperature */
    const float *grad_logprob;              /* [rows] or NULL: 0 */
    const float *grad_entropy;              /* [rows] or NULL: 0 */
    const float *grad_lse;                  /* [rows] or NULL: 0 */
    leash_matrix gradient;
} leash_logits_gradient_args;

/* The terms of the policy loss, with their formulas: spec/losses.h. LEASH_LOSS_* are its surrogates, LEASH_KL_* its estimators of
 * the divergence from the reference policy, and LEASH_ROLLOUT_* its treatments of a sampler that differs from the old policy. */
#define LEASH_LOSS_ENUMERATOR(id, NAME, name) LEASH_LOSS_##NAME = id,
enum { LEASH_LOSSES(LEASH_LOSS_ENUMERATOR) };
#undef LEASH_LOSS_ENUMERATOR

#define LEASH_KL_ENUMERATOR(id, NAME, name) LEASH_KL_##NAME = id,
enum { LEASH_KL_ESTIMATORS(LEASH_KL_ENUMERATOR) };
#undef LEASH_KL_ENUMERATOR

#define LEASH_ROLLOUT_ENUMERATOR(id, NAME, name) LEASH_ROLLOUT_##NAME = id,
enum { LEASH_ROLLOUTS(LEASH_ROLLOUT_ENUMERATOR) };
#undef LEASH_ROLLOUT_ENUMERATOR

/* loss = weight * ( rollout_weight * surrogate + kl_coefficient * kl - entropy_coefficient * H )
 *
 * with rollout_weight = w as above, a constant for the gradient; 1 without rollout_logprob.
 *
 * Every difference of log-probabilities is clamped to [-20, 20] first, and has no gradient where it is clamped. Where a
 * surrogate is proportional to logprob, one below -2^100, so that of a token of probability 0, counts as -2^100. */
typedef struct leash_policy_loss {
    int32_t kind;              /* LEASH_LOSS_* */
    int32_t kl;                /* LEASH_KL_* */
    int32_t rollout;           /* LEASH_ROLLOUT_* */
    float clip_low;            /* in [0, 1] */
    float clip_high;           /* >= 0; +inf: no upper clip */
    float dual_clip;           /* >= 1, +inf: off */
    float shape_positive;      /* finite, > 0 */
    float shape_negative;      /* finite, > 0 */
    float rollout_floor;       /* in [0, rollout_cap] */
    float rollout_cap;         /* > 0, +inf: no cap */
    float kl_coefficient;      /* finite, >= 0 */
    float entropy_coefficient; /* finite; positive rewards entropy */
} leash_policy_loss;

/* Bits of clip flags. LOW and HIGH tell which bound of the surrogate took effect, for either sign of A where it does not
 * say otherwise. */
enum {
    LEASH_CLIPPED_LOW = 1,     /* PPO_CLIP: A < 0 and rho < 1 - low; CISPO: rho < 1 - low; masks: p_old - p > low */
    LEASH_CLIPPED_HIGH = 2,    /* PPO_CLIP: A > 0 and rho > 1 + high; CISPO: rho > 1 + high; masks: p - p_old > high */
    LEASH_CLIPPED_DUAL = 4,    /* PPO_CLIP: A < 0 and rho > dual_clip */
    LEASH_CLIPPED_ROLLOUT = 8, /* w was truncated or masked */
    LEASH_CLAMPED_RATIO = 16   /* logprob - old_logprob was clamped */
};

/* Loss and gradient in one pass. Every output may be NULL; without gradient.data it is a forward pass. Least traffic with
 * the gradient in place: one read, one write. */
typedef struct leash_policy_gradient_args {
    leash_rows rows;
    leash_policy_loss policy;
    const int32_t *targets;         /* [rows] */
    const float *advantage;         /* [rows] */
    const float *old_logprob;       /* [rows] or NULL: logprob itself as a constant, so that ratio = 1 */
    const float *reference_logprob; /* [rows]; NULL only with LEASH_KL_NONE */
    const float *rollout_logprob;   /* [rows] or NULL */
    const float *weight;            /* [rows] or NULL: 1. Put 1 / token count here for a mean */
    float *loss;                    /* [rows] */
    float *logprob;                 /* [rows] */
    float *entropy;                 /* [rows] */
    float *ratio;                   /* [rows] */
    float *kl;                      /* [rows], before its coefficient */
    uint8_t *clip_flags;            /* [rows] */
    leash_matrix gradient;          /* of the loss with respect to the logits */
} leash_policy_gradient_args;

LEASH_API leash_status leash_log_softmax(leash_device *device, const leash_log_softmax_args *args);
LEASH_API leash_status leash_entropy(leash_device *device, const leash_entropy_args *args);
LEASH_API leash_status leash_token_statistics(leash_device *device, const leash_token_statistics_args *args);
LEASH_API leash_status leash_logits_gradient(leash_device *device, const leash_logits_gradient_args *args);
LEASH_API leash_status leash_policy_gradient(leash_device *device, const leash_policy_gradient_args *args);

/* --------------------------------------------------------------------------------------------- launch plans -- */

#define LEASH_MAX_LAUNCHES 4
#define LEASH_MAX_PARAMETER_BYTES 512

/* One launch of a kernel, one-dimensional. It takes one parameter, a struct by value. */
typedef struct leash_launch {
    const char *kernel;    /* its name in the library's cubins */
    uint32_t blocks;
    uint32_t threads;      /* a block */
    uint32_t cluster;      /* blocks; 1: none */
    uint32_t shared_bytes; /* dynamic, a block */
    uint32_t parameter_bytes;
    uint32_t reserved;
    uint8_t parameter[LEASH_MAX_PARAMETER_BYTES];
} leash_launch;

typedef struct leash_plan {
    int32_t variant;  /* id of the one that was planned: never AUTO, nor an "auto" */
    int32_t launches; /* 0 where there are no rows */
    leash_launch launch[LEASH_MAX_LAUNCHES];
} leash_plan;

/* What an operation would launch on a CUDA device, one after the other in its stream, for a caller that launches the kernels
 * itself; args is the operation's struct. Checks all that the operation checks. Each plan is for one launch: it holds the place where the kernels
 * report targets out of range, which leash_synchronize looks at. LEASH_ERROR_UNSUPPORTED on a CPU device. */
LEASH_API leash_status leash_plan_call(leash_device *device, int32_t operation, const void *args, leash_plan *plan);

/* --------------------------------------------------------------------------------------------- measurement -- */

/* Ceilings of a device, with all its threads, each repeated `repetitions` times over, on a CUDA device on grids of several
 * sizes; best_ns is the fastest. */
enum {
    LEASH_CEILING_READ = 0, /* bytes read once */
    LEASH_CEILING_COPY = 1, /* the first half read, the second half written: 1R + 1W of bytes / 2 each */
    LEASH_CEILING_UPDATE = 2, /* bytes read and written in place */
    LEASH_CEILING_EXP = 3,  /* CPU: bytes / 4 floats, passed through exp from the first-level cache and summed, by variant */
    LEASH_CEILING_LAUNCH = 4 /* CUDA: a kernel that does nothing, between two events; neither memory nor bytes matter */
};

typedef struct leash_ceiling_args {
    int32_t kind;
    int32_t repetitions; /* >= 1 */
    void *memory;        /* aligned to 64 bytes; written by COPY and UPDATE, not used by EXP */
    int64_t bytes;       /* a multiple of 4096 */
    int32_t variant;     /* id of a token_statistics variant, or AUTO: whose instruction set */
    int32_t reserved;
    double best_ns;      /* out */
    double median_ns;    /* out */
} leash_ceiling_args;

LEASH_API leash_status leash_measure_ceiling(leash_device *device, leash_ceiling_args *args);

#define LEASH_MAX_BLOCK_LAUNCHES 1000

/* Calls of one operation, to be timed together by the device's own events: on a CUDA device from the begin of the first
 * kernel to the end of the last, the GPU being kept busy until all of them are enqueued. */
typedef struct leash_block {
    int32_t operation;
    int32_t launches;         /* in [1, LEASH_MAX_BLOCK_LAUNCHES] */
    const void *const *calls; /* [count] the operation's structs, launched in turn */
    int64_t count;            /* >= 1 */
    int64_t first;            /* the call that is launched first, in [0, count) */
    void *flush;              /* memory of the device that is overwritten before the block, to empty its caches; or NULL */
    int64_t flush_bytes;
    double elapsed_ns;        /* out, of the whole block */
    double sm_clock_mhz;      /* out: these as NVML tells them while the block runs; NaN where it is unknown */
    double memory_clock_mhz;
    double temperature_c;
    double power_w;
    int64_t throttle_reasons; /* out: NVML's bits; -1 where they are unknown */
} leash_block;

/* Waits for all work before the block, and for the block; reports its targets out of range as leash_synchronize does. */
LEASH_API leash_status leash_measure_block(leash_device *device, leash_block *block);

/* Mean time of `calls` calls from C through a function pointer: of leash_abi_version (an empty call) when args is NULL,
 * else of leash_token_statistics with args. */
LEASH_API leash_status leash_measure_dispatch(leash_device *device, const leash_token_statistics_args *args,
                                              int64_t calls, double *ns_per_call);

/* ------------------------------------------------------------------------------------------------- layouts -- */

/* The layout of every struct above as the library's compiler sees it, for a binding to compare with its own.
 * field == "" stands for the struct as a whole. */
typedef struct leash_layout_entry {
    const char *structure;
    const char *field;
    uint64_t offset;
    uint64_t bytes;
} leash_layout_entry;

LEASH_API int32_t leash_layout_count(void);
LEASH_API leash_status leash_layout_get(int32_t index, leash_layout_entry *entry);

#ifdef __cplusplus
}
#endif

#endif
