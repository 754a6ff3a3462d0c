// The operations from end to end, for every table of loops, against long double.
#include "cpu/ops/operations.h"

#include <vector>

#include "test/batch.h"
#include "test/harness.h"
#include "test/operation_checks.h"

using namespace leash;
using namespace leash::test;

namespace {

Implementation implementation_of(const cpu::Kernels& kernels) {
    Implementation with;
    with.log_softmax = [&](Batch& batch) {
        const leash_log_softmax_args args = {batch.row_arguments(), batch.output_argument()};
        cpu::log_softmax(device(3), kernels, args);
    };
    with.token_statistics = [&](Batch& batch, Columns* out) {
        CHECK_EQ(token_statistics(batch, kernels, 3, out).rows, 0);
    };
    with.entropy = [&](Batch& batch, std::vector<float>* entropy) {
        const leash_entropy_args args = {batch.row_arguments(), entropy->data()};
        cpu::entropy(device(3), kernels, args);
    };
    with.logits_gradient = [&](Batch& batch, const std::vector<leash_row_statistics>& statistics) {
        const leash_logits_gradient_args args = {batch.row_arguments(),
                                                 batch.targets.data(),
                                                 statistics.data(),
                                                 batch.advantage.data(),
                                                 batch.weight.data(),
                                                 batch.old_logprob.data(),
                                                 batch.output_argument()};
        CHECK_EQ(cpu::logits_gradient(device(3), kernels, args).rows, 0);
    };
    with.policy_gradient = [&](Batch& batch, Columns* out) {
        CHECK_EQ(policy_gradient(batch, kernels, 3, batch.output_argument(), out).rows, 0);
    };
    return with;
}

}  // namespace

VARIANT_TEST(log_softmax_agrees_with_long_double) {
    if (!is_operation_selected(LEASH_LOG_SOFTMAX)) return;
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        check_log_softmax(implementation_of(kernels), batch);
    });
}

VARIANT_TEST(token_statistics_and_entropy_agree_with_long_double) {
    if (!is_operation_selected(LEASH_TOKEN_STATISTICS) && !is_operation_selected(LEASH_ENTROPY)) return;
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        check_token_statistics(implementation_of(kernels), batch);
    });
}

VARIANT_TEST(logits_gradient_agrees_with_the_chain_rule) {
    if (!is_operation_selected(LEASH_LOGITS_GRADIENT)) return;
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        check_logits_gradient(implementation_of(kernels), batch);
    });
}

VARIANT_TEST(policy_gradient_is_the_loss_and_its_chain_rule) {
    if (!is_operation_selected(LEASH_POLICY_GRADIENT)) return;
    int moving = 0;
    for_each_batch([&](const cpu::Kernels& kernels, Batch& batch) {
        moving += check_policy_gradient(implementation_of(kernels), batch);
    });
    CHECK(is_one_selected() || moving > 100);
}
