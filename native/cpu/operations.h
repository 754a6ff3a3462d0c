// The five operations on a CPU device, for any instruction set's loops. Arguments have been validated (api/validation.h)
// but for what lies in the caller's arrays: targets and temperatures are checked row by row here.
//
// How a call is divided. A row is cut into pieces of kPieceElements; their sums are combined in order, so that the result
// depends on nothing but vocab and the loops. With many rows a task is some whole rows: a row is read from memory once,
// and its second pass, last piece first, finds it in the caches. With few rows the pieces are tasks too, in three steps
// (sums of all pieces, the rows' statistics and losses, output of all pieces), so that one row keeps all threads busy.
//
// The second pass of policy_gradient needs the exponentials of the first. A thread that has a whole row keeps them, 4 bytes a
// logit in the device's workspace, where that is faster (DTypeLoops::keeps_terms); otherwise they are computed once more, from
// the same references. The bits are the same.
#ifndef LEASH_CPU_OPERATIONS_H
#define LEASH_CPU_OPERATIONS_H

#include <cstdint>

#include "device.h"
#include "kernels.h"
#include "leash.h"

namespace leash::cpu {

// Rows whose target lies outside [0, vocab); they came out NaN.
struct TargetFault {
    int64_t rows = 0;
    int64_t first_row = 0;
    int64_t target = 0;  // of the first row
};

// Throw std::bad_alloc when the workspace cannot grow, before anything is written.
TargetFault log_softmax(CpuDevice& device, const Kernels& kernels, const leash_log_softmax_args& args);
TargetFault entropy(CpuDevice& device, const Kernels& kernels, const leash_entropy_args& args);
TargetFault token_statistics(CpuDevice& device, const Kernels& kernels, const leash_token_statistics_args& args);
TargetFault logits_gradient(CpuDevice& device, const Kernels& kernels, const leash_logits_gradient_args& args);
TargetFault policy_gradient(CpuDevice& device, const Kernels& kernels, const leash_policy_gradient_args& args);

}  // namespace leash::cpu

#endif
