/* The operations, by id; leash.h defines each.
 *
 *   X(id, NAME, name, sums, output)
 *
 *   NAME, name   LEASH_NAME is the constant; leash_name_args the struct; cpu/ops/name.cpp and cuda/ops/name.cu the code
 *   sums         1: every row's statistics come from its logits
 *   output       1: a matrix of the logits' shape is written
 */
#ifndef LEASH_SPEC_OPERATIONS_H
#define LEASH_SPEC_OPERATIONS_H

#define LEASH_OPERATIONS(X)                               \
    X(0, LOG_SOFTMAX, log_softmax, 1, 1)                  \
    X(1, ENTROPY, entropy, 1, 0)                          \
    X(2, TOKEN_STATISTICS, token_statistics, 1, 0)        \
    X(3, LOGITS_GRADIENT, logits_gradient, 0, 1)          \
    X(4, POLICY_GRADIENT, policy_gradient, 1, 1)

#endif
