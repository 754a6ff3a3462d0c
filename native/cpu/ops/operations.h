// The operations on a CPU device, for any instruction set's loops. Arguments have been validated (api/arguments.h), except
// the entries of arrays: targets and temperatures are checked here, row by row.
//
// How a call is divided. A row is cut into pieces of kPieceElements; their sums are combined in order, so that the result
// depends on nothing but vocab and the loops. With many rows a task is some whole rows: a row is read from memory once,
// and its second pass, last piece first, finds it in the caches. With few rows the pieces are tasks too, in three steps
// (sums of all pieces, the rows' statistics and losses, output of all pieces), so that one row keeps all threads busy.
//
// The second pass of policy_gradient needs the exponentials of the first. A thread that has a whole row keeps them, 4 bytes a
// logit in the device's workspace, where that is faster (DTypeLoops::keeps_terms); otherwise they are computed once more, from
// the same references. The bits are the same.
#ifndef LEASH_CPU_OPS_OPERATIONS_H
#define LEASH_CPU_OPS_OPERATIONS_H

#include <cstdint>

#include "cpu/device.h"
#include "cpu/isa/loops.h"
#include "leash.h"
#include "spec/operations.h"

namespace leash::cpu {

// Rows whose target lies outside [0, vocab); they came out NaN.
struct TargetFault {
    int64_t rows = 0;
    int64_t first_row = 0;
    int64_t target = 0;  // of the first row
};

// name(device, kernels, args), for each operation. Throw std::bad_alloc when the workspace cannot grow, before anything is
// written.
#define LEASH_DECLARE(id, NAME, name, ...) \
    TargetFault name(CpuDevice& device, const Kernels& kernels, const leash_##name##_args& args);
LEASH_OPERATIONS(LEASH_DECLARE)
#undef LEASH_DECLARE

}  // namespace leash::cpu

#endif
