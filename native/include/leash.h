/*
 * leash: kernels for the hot path of reinforcement learning with verifiable rewards.
 *
 * This header is the C ABI; its comments are the contract. It is plain C99, so that bindings can be generated from it.
 * leash_jvm.h is an addition for JVMs.
 *
 * Compatibility. A program works only with a library whose leash_abi_version() equals the LEASH_ABI_VERSION it was compiled
 * with; no two versions are compatible. A binding in another language compares its struct layouts with leash_layout_get.
 *
 * Notation. A row holds the logits x_j, 0 <= j < vocab, of one token position. With temperature T, z_j = x_j / T:
 *
 *   max       m    = max_j z_j
 *   sum       s    = sum_j exp(z_j - m)
 *   lse            = m + log s                                   log-sum-exp
 *   mean           = sum_j exp(z_j - m) (z_j - m) / s            expectation of z under the policy, less m; <= 0
 *   logprob_j      = (z_j - m) - log s                           not z_j - lse, which loses log s at large offsets
 *   p_j            = exp(logprob_j)
 *   entropy   H    = log s - mean                                nats, 0 <= H <= log(vocab)
 *   collision      = sum_j p_j^2                                 probability that two samples are equal, 1/vocab to 1
 *
 * Memory. Every pointer in an argument struct must be readable by the device and aligned to its element type: for a CPU
 * device, any memory of the process; for a CUDA device, memory of its GPU from leash_allocate or CUDA. The library keeps no
 * pointer after a call has completed. Matrices are row-major with a row stride in elements; the padding between rows is
 * never read or written.
 *
 * An output must not overlap any other buffer of its call, be that an input or an output; inputs may overlap each other. A
 * buffer reaches from its first element to the end of its last, so the padding between the rows of a matrix belongs to it, and
 * with 0 rows it is empty. The exception is the output matrix against the logits: it may be the same memory with the same stride
 * (in place), or, with the same stride, have its rows in the padding between theirs. A call that breaks this is rejected with the
 * names and addresses of both buffers.
 *
 * Streams. Calls on a CPU device complete before they return. A CUDA device is one stream of its GPU: operations, fills and
 * enqueued copies are queued, run in order, and may still be pending when the call returns; leash_synchronize waits for
 * them. To use several streams, open the GPU several times and order the streams by events (leash_wait). Memory is shared
 * by all devices opened on its GPU.
 *
 * Programs that use CUDA themselves. A device works in the GPU's primary context, that of CUDA's runtime API, and on request
 * (leash_device_options) in a stream of the program. The stream stays the program's: closing the device waits for it and
 * leaves it. It must not be destroyed before, and is used by the device for synchronization and copies, too. Every function
 * leaves the thread's current device, context and capture mode as they were, on errors as well. A function that succeeds
 * leaves the thread's last error (cudaGetLastError) as it was; one that fails for an error of CUDA clears it, even the
 * program's. An error of a context that CUDA keeps returning is reported by whichever side meets it first.
 *
 * Graphs. Operations, fills, enqueued copies of page-locked or device memory, events and waits may be captured into a CUDA
 * graph, while the program captures the stream of the device. Replays have the bits of the call as it was captured, on the
 * data of the time; "auto" chose its variant then. They may run in any stream, beside other graphs and calls, as long as no
 * two of them write the same outputs, until the device is closed. What CUDA does not allow during a capture of the stream
 * fails with LEASH_ERROR_UNSUPPORTED and leaves the capture as it was: synchronizing, copying with a wait, allocating,
 * freeing and measuring. The device must not be closed then. leash_free, leash_free_host and leash_device_close wait for the
 * GPU, which CUDA may also refuse while another stream of it is captured. The first call of a kernel is best made before a
 * capture, as CUDA may have to load it. A captured call may take a workspace for its graph, kept until the device is closed.
 *
 * A call whose size the device has seen before neither allocates nor waits for the GPU, however many calls are pending.
 *
 * Precision. Logits are f32, bf16 or f16. Arithmetic is f32, with f64 for the per-row scalars; per-row arrays are f32. A
 * half-precision output is the f32 result rounded once, to nearest even.
 *
 * Determinism. The order of every sum depends only on vocab and the variant: results are bitwise independent of row
 * position, row count, thread count and mask, and of whether the call is in place.
 *
 * Special values. A NaN or +inf logit makes its row NaN and affects no other row. A -inf logit has probability 0,
 * contributes nothing, and has gradient 0 unless it is the target, which has logprob -inf and receives the gradient of its
 * logprob. A row of -inf only is NaN.
 *
 * Masked rows (mask[r] == 0), including their targets, are not read; their outputs are 0.
 *
 * Targets outside [0, vocab) are never dereferenced. Their rows are NaN, other rows are unaffected, and the call returns
 * LEASH_ERROR_TARGET_OUT_OF_RANGE with a message that names the first such target. On a CUDA device, the next
 * leash_synchronize returns it instead: of the first call with such a target among the first 1024 since the one before, else
 * of calls with the same variant and vocab, replays of graphs included. Of several reports it returns one. A replay in
 * another stream must be waited for first; while it runs beside leash_synchronize, its report may be lost with another's.
 *
 * Errors. Functions return a status; every status except LEASH_OK leaves a message for leash_last_error() on the same
 * thread. A call rejected for its arguments has written nothing. A GPU failure after a call has returned is reported by a
 * later call as LEASH_ERROR_DEVICE_LOST, with the calls that may have caused it. The process cannot use that GPU again:
 * every further call on the device returns the same error, except closing and freeing.
 *
 * Threads. Any thread may use any device; calls on one device are serialised. No other thread may use a device while it is
 * being closed. No function is a cancellation point: a pthread_cancel takes effect after the call. Asynchronous cancellation
 * during a call is not supported.
 *
 * Signals. The library installs no handlers and sends no signals. In the threads that it starts, all signals are blocked except
 * SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP and SIGSYS, so that other handlers run on the host's threads alone. A call that a
 * signal interrupts goes on afterwards; none fails with EINTR. No function is async-signal-safe.
 *
 * Forks. A child made by fork() has the devices of its parent. A CPU device works there, with the thread that calls it alone, and
 * can be closed, even if another thread was in a call on it during the fork; the outputs of such a call are unspecified in the
 * child. A CPU device opened in the child has all its threads. CUDA cannot be used after a fork: calls on a CUDA device of the
 * parent return LEASH_ERROR_DEVICE_LOST, except closing and freeing, which succeed and release nothing, and a child whose parent
 * has looked for CUDA devices can open none (LEASH_ERROR_UNAVAILABLE). The system calls clone and fork, without the C library's
 * handlers, are not supported.
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

/* Incremented whenever a struct, constant or prototype changes its layout or meaning. */
#define LEASH_ABI_VERSION 10

/* -------------------------------------------------------------------------------------------------- status -- */

typedef int32_t leash_status;

enum {
    LEASH_OK = 0,
    LEASH_ERROR_INVALID_ARGUMENT = 1,    /* shape, stride, dtype, pointer or number outside the contract */
    LEASH_ERROR_UNSUPPORTED = 2,         /* valid, but beyond the limits of this variant (leash_variant) or device */
    LEASH_ERROR_UNAVAILABLE = 3,         /* the device or variant does not exist on this machine */
    LEASH_ERROR_OUT_OF_MEMORY = 4,
    LEASH_ERROR_TARGET_OUT_OF_RANGE = 5, /* the call has completed; the affected rows are NaN */
    LEASH_ERROR_INTERNAL = 6,
    LEASH_ERROR_DEVICE_LOST = 7          /* a GPU failed during an earlier call; this process cannot use it again */
};

/* The library's LEASH_ABI_VERSION. Compare it with the header's before any other call. */
LEASH_API uint32_t leash_abi_version(void);

/* The message of this thread's last failed call, "" if none; valid until the thread's next failed call. */
LEASH_API const char *leash_last_error(void);

/* ------------------------------------------------------------------------------------------------- devices -- */

typedef struct leash_device leash_device;

enum { LEASH_DEVICE_CPU = 0, LEASH_DEVICE_CUDA = 1 };

typedef struct leash_device_options {
    int32_t threads;     /* CPU: threads per call, including the caller's; 0: one per available processor */
    int32_t max_threads; /* CPU: the most threads where threads is 0, else ignored; >= 0; 0: no limit */
    void *stream;        /* CUDA: the cudaStream_t to work in, which stays the caller's; NULL: a stream of the device's own */
} leash_device_options;

typedef struct leash_device_properties {
    int32_t kind;
    int32_t ordinal;
    int32_t threads;                /* CPU: threads per call; CUDA: 0 */
    int32_t compute_capability;     /* CUDA: 90 for 9.0; CPU: 0 */
    int64_t memory_bytes;
    int64_t last_level_cache_bytes; /* 0 if unknown */
    int64_t shared_bytes_per_block; /* CUDA: maximum shared memory per block; CPU: 0 */
    int32_t multiprocessors;        /* CUDA; CPU: 0 */
    int32_t driver_version;         /* CUDA version supported by the driver, 13000 for 13.0; CPU: 0 */
    int32_t max_cluster;            /* CUDA: the most blocks of a cluster, 0 before 9.0; CPU: 0 */
    int32_t reserved;
    char name[128];                 /* processor or GPU, NUL-terminated */
    char instruction_sets[128];     /* CPU: usable by the kernels, such as "avx2 fma f16c"; CUDA: "sm_90" */
} leash_device_properties;

/* Number of devices of a kind, 1 for the CPU. LEASH_ERROR_UNAVAILABLE, with the reason, if there are none. */
LEASH_API leash_status leash_device_count(int32_t kind, int32_t *count);

/* options may be NULL: all defaults. A device may be opened several times; the CPU has ordinal 0. A stream must be of the
 * primary context of the GPU. cudaStreamLegacy is the default stream; with cudaStreamPerThread only one thread may use the
 * device. An address that is not of a stream is undefined. */
LEASH_API leash_status leash_device_open(int32_t kind, int32_t ordinal, const leash_device_options *options,
                                         leash_device **device);
/* Synchronizes first; the device is closed even if that fails. Its memory is not freed. Its events may only be destroyed
 * afterwards. */
LEASH_API leash_status leash_device_close(leash_device *device);
LEASH_API leash_status leash_device_get_properties(leash_device *device, leash_device_properties *properties);

/* Waits for all work of the device and reports targets out of range. */
LEASH_API leash_status leash_synchronize(leash_device *device);

/* The cudaStream_t of a CUDA device, for the caller's own work; NULL for a CPU device. */
LEASH_API leash_status leash_device_stream(leash_device *device, void **stream);

/* ------------------------------------------------------------------------------------------- device memory -- */

/* Memory is aligned to 64 bytes and all zero; a CPU device leaves large memory untouched, so that its pages take up space when
 * they are first written. On a CUDA device, leash_allocate waits for the work of the device. leash_free waits for all work of the
 * GPU; NULL is ignored. */
LEASH_API leash_status leash_allocate(leash_device *device, int64_t bytes, void **memory);
LEASH_API leash_status leash_free(leash_device *device, void *memory);

/* Host memory for asynchronous copies, page-locked for CUDA, aligned and zero as above. leash_free_host waits for all work of the
 * GPU; NULL is ignored. */
LEASH_API leash_status leash_allocate_host(leash_device *device, int64_t bytes, void **memory);
LEASH_API leash_status leash_free_host(leash_device *device, void *memory);

enum { LEASH_COPY_HOST_TO_DEVICE = 0, LEASH_COPY_DEVICE_TO_HOST = 1, LEASH_COPY_DEVICE_TO_DEVICE = 2 };

/* Copies after all earlier work of the device; complete on return. */
LEASH_API leash_status leash_copy(leash_device *device, void *to, const void *from, int64_t bytes,
                                  int32_t direction);
/* The same, but may return before the copy is complete if the host memory is from leash_allocate_host. Until the copy is
 * complete, neither memory may be written or freed. */
LEASH_API leash_status leash_enqueue_copy(leash_device *device, void *to, const void *from, int64_t bytes,
                                          int32_t direction);
/* Sets every byte to byte_value, in [0, 255]. */
LEASH_API leash_status leash_fill(leash_device *device, void *memory, int32_t byte_value, int64_t bytes);

/* -------------------------------------------------------------------------------------------------- events -- */

/* A point in the work of the device that it was created for. */
typedef struct leash_event leash_event;

LEASH_API leash_status leash_event_create(leash_device *device, leash_event **event);
/* Marks the end of the work enqueued so far. Only on the event's own device. */
LEASH_API leash_status leash_event_record(leash_device *device, leash_event *event);
/* Makes all later work of the device wait for a recorded event, of any device. A CPU device cannot wait for an event of a
 * CUDA device: LEASH_ERROR_UNSUPPORTED. */
LEASH_API leash_status leash_wait(leash_device *device, leash_event *event);
/* Time between two recorded events of one device. Waits until the device has reached end. */
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

/* The name of an entry of a list in spec/, such as "token_statistics" or "bf16"; NULL if there is none. Ids run from 0. */
LEASH_API const char *leash_name(int32_t list, int32_t id);

/* An implementation of one operation on one kind of device. Its index is its id. The CUDA variant "auto" takes the variant of
 * each call from the table of choices (leash_choice). */
typedef struct leash_variant {
    int32_t operation;
    int32_t device_kind;
    uint32_t dtypes;                /* supported dtypes of logits: bit (1 << dtype) for each */
    int32_t available;              /* 1: runs on this machine */
    int64_t max_vocab;              /* with the smallest dtype */
    int32_t preference;             /* the best available variant has the highest */
    int32_t min_compute_capability; /* CUDA: 90 for 9.0; CPU: 0 */
    int32_t reads;                  /* passes that read the row of logits from memory; 0: depends on the call ("auto") */
    int32_t writes;                 /* passes that write the row of the output matrix; 0: no output matrix */
    const char *name;               /* "avx2"; unique per operation and device kind */
    const char *description;        /* one line */
    const char *reason;             /* why the variant is unavailable; "" if it is available */
} leash_variant;

#define LEASH_VARIANT_AUTO (-1)

LEASH_API int32_t leash_variant_count(void);
LEASH_API leash_status leash_variant_get(int32_t id, leash_variant *variant);

/* An entry of the table from which a CUDA device chooses a variant: the first entry that matches the call and whose variant
 * supports it. The choice, and with it the order of sums, may depend on the number of rows. */
typedef struct leash_choice {
    int32_t operation; /* -1: any */
    uint32_t dtypes;   /* bit (1 << dtype) for each */
    int64_t min_vocab;
    int64_t max_vocab;
    int64_t max_rows;
    int32_t min_compute_capability;
    int32_t max_compute_capability; /* of a measured entry, that of the device */
    int32_t cluster;                /* resident: blocks that share a row; 0: the fewest that can hold it */
    int32_t reserved;
    const char *variant;            /* name of the variant chosen */
    const char *evidence;           /* the measurement behind the choice, or "unmeasured; " and a reason */
} leash_choice;

LEASH_API int32_t leash_choice_count(void);
LEASH_API leash_status leash_choice_get(int32_t index, leash_choice *choice);

/* Puts entries before those compiled in, and in place of those put there earlier; count 0 leaves those compiled in. It applies
 * to later calls of all devices. Entries and strings are copied. LEASH_ERROR_INVALID_ARGUMENT, with the entry and the value,
 * if one is invalid; then the table stays as it was. */
LEASH_API leash_status leash_choices_set(const leash_choice *choices, int32_t count);

/* The index of the choice for logits of this shape on a CUDA device with these limits; no device is needed.
 * LEASH_ERROR_UNSUPPORTED, with the reason, if no variant supports the call. */
LEASH_API leash_status leash_choose(int32_t operation, int32_t dtype, int64_t rows, int64_t vocab,
                                    int32_t compute_capability, int64_t shared_bytes_per_block,
                                    int32_t max_cluster, int32_t *index);

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

/* The arguments common to all operations. An output matrix has the rows, vocab and dtype of the logits. */
typedef struct leash_rows {
    leash_matrix logits;
    const float *temperatures; /* [rows] or NULL: temperature for all rows. Entries not finite and > 0 make their row NaN */
    const uint8_t *mask;       /* [rows], 0: masked; or NULL: no row is masked */
    float temperature;         /* finite and > 0; ignored if temperatures are given */
    int32_t variant;           /* id, or LEASH_VARIANT_AUTO */
} leash_rows;

/* Per-row results of the forward pass for the backward pass. */
typedef struct leash_row_statistics {
    float max;     /* max_j x_j, of the logits rather than of z, hence exact */
    float log_sum; /* log s */
    float mean;    /* as in Notation */
} leash_row_statistics;

/* Log-probabilities of all tokens. Minimum traffic: one read, one write. */
typedef struct leash_log_softmax_args {
    leash_rows rows;
    leash_matrix logprobs;
} leash_log_softmax_args;

/* Entropy of each row. Minimum traffic: one read. */
typedef struct leash_entropy_args {
    leash_rows rows;
    float *entropy; /* [rows] */
} leash_entropy_args;

/* Scalars of each row. Outputs may be NULL, but not all of them. Minimum traffic: one read. */
typedef struct leash_token_statistics_args {
    leash_rows rows;
    const int32_t *targets;           /* [rows]; may be NULL if logprob is NULL */
    float *logprob;                   /* [rows] or NULL: of the target */
    float *entropy;                   /* [rows] or NULL */
    float *lse;                       /* [rows] or NULL */
    leash_row_statistics *statistics; /* [rows] or NULL */
    float *collision;                 /* [rows] or NULL: sum_j p_j^2; squares are summed only for it */
} leash_token_statistics_args;

/* The backward pass of token_statistics. From the gradients g_lp, g_H and g_lse of a scalar loss with respect to each row's
 * logprob, entropy and lse, and the target y, it computes the gradient with respect to the logits:
 *
 *   dx_j = (1/T) [ g_lp (delta_jy - p_j) + p_j ( g_H (mean - (z_j - m)) + g_lse ) ],       sum_j dx_j = g_lse / T
 *
 * Minimum traffic: one read, one write. */
typedef struct leash_logits_gradient_args {
    leash_rows rows;
    const int32_t *targets;                 /* [rows]; may be NULL if grad_logprob is NULL */
    const leash_row_statistics *statistics; /* [rows], of the same logits and temperatures */
    const float *grad_logprob;              /* [rows] or NULL: 0 */
    const float *grad_entropy;              /* [rows] or NULL: 0 */
    const float *grad_lse;                  /* [rows] or NULL: 0 */
    leash_matrix gradient;
} leash_logits_gradient_args;

/* The terms of the policy loss; spec/losses.h has the formulas. LEASH_LOSS_* are the surrogates, LEASH_KL_* the estimators of the
 * divergence from the reference policy, and LEASH_ROLLOUT_* the corrections for a sampler that differs from the old policy. */
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
 * rollout_weight is the corrected w of spec/losses.h, a constant for the gradient; 1 without rollout_logprob.
 *
 * Differences of log-probabilities are clamped to [-20, 20] and have no gradient where clamped. A surrogate proportional to
 * logprob treats a logprob below -2^100, including -inf, as -2^100. */
typedef struct leash_policy_loss {
    int32_t kind;              /* LEASH_LOSS_* */
    int32_t kl;                /* LEASH_KL_* */
    int32_t rollout;           /* LEASH_ROLLOUT_* */
    float clip_low;            /* in [0, 1] */
    float clip_high;           /* >= 0; +inf: no upper clip */
    float dual_clip;           /* >= 1; +inf: off */
    float shape_positive;      /* finite, > 0 */
    float shape_negative;      /* finite, > 0 */
    float rollout_floor;       /* in [0, rollout_cap] */
    float rollout_cap;         /* > 0; +inf: no cap */
    float kl_coefficient;      /* finite, >= 0 */
    float entropy_coefficient; /* finite; positive rewards entropy */
    float kl_bound;            /* > 0; +inf: none */
    int32_t reserved;
} leash_policy_loss;

/* Bits of clip_flags. LOW and HIGH name the bound of the surrogate that took effect; conditions without A hold for either
 * sign. "masks" are the probability masks; the one-sided ones also need A < 0 for LOW and A > 0 for HIGH. DIVERGENCE_MASK_SCORE
 * has them by its divergence. */
enum {
    LEASH_CLIPPED_LOW = 1,     /* PPO_CLIP: A < 0 and rho < 1 - low; both CISPO: rho < 1 - low; masks: p_old - p > low */
    LEASH_CLIPPED_HIGH = 2,    /* PPO_CLIP: A > 0 and rho > 1 + high; both CISPO: rho > 1 + high; masks: p - p_old > high */
    LEASH_CLIPPED_DUAL = 4,    /* rho > dual_clip; PPO_CLIP: and A < 0; both *_MASK_SCORE; TOPR: and A <= 0 */
    LEASH_CLIPPED_ROLLOUT = 8, /* w was truncated or masked */
    LEASH_CLAMPED_RATIO = 16   /* logprob - old_logprob was clamped */
};

/* Loss and gradient of the policy. Outputs may be NULL; without gradient.data only the forward pass runs. Minimum traffic,
 * with the gradient in place: one read, one write. */
typedef struct leash_policy_gradient_args {
    leash_rows rows;
    leash_policy_loss policy;
    const int32_t *targets;         /* [rows] */
    const float *advantage;         /* [rows] */
    const float *old_logprob;       /* [rows] or NULL: logprob as a constant, so that ratio = 1 */
    const float *reference_logprob; /* [rows]; may be NULL with LEASH_KL_NONE */
    const float *rollout_logprob;   /* [rows] or NULL: no correction */
    const float *weight;            /* [rows] or NULL: 1. For a mean over tokens, 1 / token count */
    float *loss;                    /* [rows] or NULL */
    float *logprob;                 /* [rows] or NULL: of the target */
    float *entropy;                 /* [rows] or NULL */
    float *ratio;                   /* [rows] or NULL */
    float *kl;                      /* [rows] or NULL: without kl_coefficient */
    uint8_t *clip_flags;            /* [rows] or NULL: LEASH_CLIPPED_*, LEASH_CLAMPED_RATIO */
    leash_matrix gradient;          /* of the loss with respect to the logits; data may be NULL */
} leash_policy_gradient_args;

LEASH_API leash_status leash_log_softmax(leash_device *device, const leash_log_softmax_args *args);
LEASH_API leash_status leash_entropy(leash_device *device, const leash_entropy_args *args);
LEASH_API leash_status leash_token_statistics(leash_device *device, const leash_token_statistics_args *args);
LEASH_API leash_status leash_logits_gradient(leash_device *device, const leash_logits_gradient_args *args);
LEASH_API leash_status leash_policy_gradient(leash_device *device, const leash_policy_gradient_args *args);

/* --------------------------------------------------------------------------------------------- launch plans -- */

#define LEASH_MAX_LAUNCHES 4
#define LEASH_MAX_PARAMETER_BYTES 512

/* A one-dimensional launch of a kernel with one parameter, a struct passed by value. */
typedef struct leash_launch {
    const char *kernel;    /* its name in the library's fatbins */
    uint32_t blocks;
    uint32_t threads;      /* per block */
    uint32_t cluster;      /* blocks per cluster; 1: no clusters */
    uint32_t shared_bytes; /* dynamic shared memory per block */
    uint32_t parameter_bytes;
    uint32_t reserved;
    uint8_t parameter[LEASH_MAX_PARAMETER_BYTES];
} leash_launch;

typedef struct leash_plan {
    int32_t variant;  /* id of the variant planned: never LEASH_VARIANT_AUTO or "auto" */
    int32_t launches; /* 0 if there are no rows */
    leash_launch launch[LEASH_MAX_LAUNCHES];
} leash_plan;

/* The launches of an operation on a CUDA device, in order, for callers that launch kernels themselves on the device's stream.
 * args is the operation's struct; it is checked as by the operation. The kernels report targets out of range to
 * leash_synchronize. A plan may be launched any number of times until the device is closed, and captured into a graph. It
 * shares the workspace of the device's calls, or of its graph if it was made during the capture, so its launches must be
 * ordered with them. LEASH_ERROR_UNSUPPORTED on a CPU device. */
LEASH_API leash_status leash_plan_call(leash_device *device, int32_t operation, const void *args, leash_plan *plan);

/* --------------------------------------------------------------------------------------------- measurement -- */

/* Attainable limits of a device with all its threads. Each is measured `repetitions` times, on a CUDA device with varying
 * grid sizes. */
enum {
    LEASH_CEILING_READ = 0,   /* read bytes */
    LEASH_CEILING_COPY = 1,   /* read the first half of bytes, write the second */
    LEASH_CEILING_UPDATE = 2, /* read and write bytes in place */
    LEASH_CEILING_EXP = 3,    /* CPU: sum of exp over bytes / 4 floats from the first-level cache, as the variant computes it */
    LEASH_CEILING_LAUNCH = 4  /* CUDA: an empty kernel between two events; memory and bytes are ignored */
};

typedef struct leash_ceiling_args {
    int32_t kind;
    int32_t repetitions; /* >= 1 */
    void *memory;        /* aligned to 64 bytes; written by COPY and UPDATE, ignored by EXP */
    int64_t bytes;       /* a positive multiple of 4096 */
    int32_t variant;     /* CPU: id of the token_statistics variant whose instruction set is used, or LEASH_VARIANT_AUTO */
    int32_t reserved;
    double best_ns;      /* out: the fastest repetition */
    double median_ns;    /* out */
} leash_ceiling_args;

LEASH_API leash_status leash_measure_ceiling(leash_device *device, leash_ceiling_args *args);

#define LEASH_MAX_BLOCK_LAUNCHES 1000

/* A block of calls of one operation, timed as a whole by events of the device. A CUDA device is kept busy until all calls are
 * enqueued, and the time runs from the start of the first kernel to the end of the last. */
typedef struct leash_block {
    int32_t operation;
    int32_t launches;         /* number of calls, in [1, LEASH_MAX_BLOCK_LAUNCHES] */
    const void *const *calls; /* [count] structs of the operation, used in rotation */
    int64_t count;            /* >= 1 */
    int64_t first;            /* index of the first call, in [0, count) */
    void *flush;              /* device memory overwritten before the block to empty the caches; NULL if flush_bytes is 0 */
    int64_t flush_bytes;
    double elapsed_ns;        /* out: of the whole block */
    double sm_clock_mhz;      /* out, as the next three: NVML's readings during the block; NaN if unknown */
    double memory_clock_mhz;
    double temperature_c;
    double power_w;
    int64_t throttle_reasons; /* out: NVML's bits; -1 if unknown */
} leash_block;

/* Waits for all earlier work, runs the block and waits for it. Reports targets out of range like leash_synchronize. */
LEASH_API leash_status leash_measure_block(leash_device *device, leash_block *block);

/* Mean time of `calls` calls from C through a function pointer: of leash_abi_version (an empty call) if args is NULL,
 * else of leash_token_statistics with args. */
LEASH_API leash_status leash_measure_dispatch(leash_device *device, const leash_token_statistics_args *args,
                                              int64_t calls, double *ns_per_call);

/* ------------------------------------------------------------------------------------------------- layouts -- */

/* Layouts of the structs above as compiled into the library, for bindings to compare with their own. The entry with
 * field == "" is the struct as a whole. */
typedef struct leash_layout_entry {
    const char *structure;
    const char *field;
    uint64_t offset;
    uint64_t bytes;
    uint64_t pointers; /* of the field, those of nested structs included */
} leash_layout_entry;

LEASH_API int32_t leash_layout_count(void);
LEASH_API leash_status leash_layout_get(int32_t index, leash_layout_entry *entry);

#ifdef __cplusplus
}
#endif

#endif
