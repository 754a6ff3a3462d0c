// The operations on a CPU device, with the loops of any instruction set. Arguments have been validated (api/arguments.h), except
// the entries of arrays: targets and temperatures are checked here, row by row.
//
// Division of a call. A row is cut into pieces of kPieceElements; their sums are combined in order, so that the result depends
// only on vocab and the loops. With many rows, a task is several whole rows: a row is read from memory once, and its second
// pass, last piece first, finds it in the caches. With few rows, pieces are tasks too, in three steps (sums of all pieces,
// statistics and losses of the rows, output of all pieces), so that a single row keeps all threads busy.
//
// The second pass of policy_gradient needs the exponentials of the first. A thread with a whole row keeps them, 4 bytes per logit
// in the device's workspace, if that is faster (DTypeLoops::keeps_terms); otherwise they are recomputed from the same references,
// with the same bits.
#ifndef LEASH_CPU_OPS_OPERATIONS_H
#define LEASH_CPU_OPS_OPERATIONS_H

#include <cstdint>

#include "cpu/device.h"
#include "cpu/isa/loops.h"
#include "leash.h"
#include "spec/operations.h"

namespace leash::cpu {

// Rows with a target outside [0, vocab), which are NaN.
struct TargetFault {
    int64_t rows = 0;
    int64_t first_row = 0;
    int64_t target = 0;  // of the first row
};

// name(device, kernels, args) for each operation. Throws std::bad_alloc if the workspace cannot grow, before anything is written.
#define LEASH_DECLARE(id, NAME, name, ...) \
    TargetFault name(CpuDevice& device, const Kernels& kernels, const leash_##name##_args& args);
LEASH_OPERATIONS(LEASH_DECLARE)
#undef LEASH_DECLARE

}  // namespace leash::cpu

#endif
