// Results must be bitwise independent of threads, surrounding rows, mask, in-place use, and invalid rows.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "test/batch.h"
#include "test/harness.h"

using namespace leash;
using namespace leash::test;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

VARIANT_TEST(results_are_independent_of_threads_and_neighbours) {
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        Columns one(batch.rows);
        Columns three(batch.rows);
        Batch copy = batch;
        policy_gradient(batch, kernels, 1, batch.output_argument(), &one);
        policy_gradient(copy, kernels, 3, copy.output_argument(), &three);
        CHECK(one.same_as(three));
        CHECK(batch.output == copy.output);

        // Only the last row, with its neighbours masked.
        std::fill(copy.mask.begin(), copy.mask.end() - 1, 0);
        policy_gradient(copy, kernels, 3, copy.output_argument(), &three);
        const size_t last = static_cast<size_t>(batch.rows) - 1;
        CHECK_EQ(one.a[last], three.a[last]);
        const size_t row_bytes = static_cast<size_t>(batch.vocab * dtype_bytes(batch.dtype));
        const size_t at = last * static_cast<size_t>(batch.stride * dtype_bytes(batch.dtype));
        CHECK(std::memcmp(batch.output.data() + at, copy.output.data() + at, row_bytes) == 0);
    });
}

VARIANT_TEST(in_place_equals_out_of_place) {
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        Columns apart(batch.rows);
        Columns together(batch.rows);
        policy_gradient(batch, kernels, 3, batch.output_argument(), &apart);
        Batch copy = batch;
        policy_gradient(copy, kernels, 3, copy.row_arguments().logits, &together);
        CHECK(apart.same_as(together));
        for (int64_t r = 0; r < batch.rows; r++) {
            const auto at = static_cast<size_t>(r * batch.stride * dtype_bytes(batch.dtype));
            const auto row_bytes = static_cast<size_t>(batch.vocab * dtype_bytes(batch.dtype));
            CHECK(std::memcmp(batch.output.data() + at, copy.logits.data() + at, row_bytes) == 0);
        }
    });
}

VARIANT_TEST(masked_rows_are_zero_and_not_read) {
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        for (int64_t r = 0; r < batch.rows; r += 2) {
            const auto i = static_cast<size_t>(r);
            batch.mask[i] = 0;
            batch.targets[i] = -5;
            batch.temperatures[i] = -1;
            batch.advantage[i] = kInfinity;
            for (int64_t j = 0; j < batch.vocab; j++) batch.put_logit(r, j, NAN);
        }
        Columns out(batch.rows);
        CHECK_EQ(policy_gradient(batch, kernels, 3, batch.output_argument(), &out).rows, 0);
        for (int64_t r = 0; r < batch.rows; r++) {
            const auto i = static_cast<size_t>(r);
            const bool masked = r % 2 == 0;
            for (const std::vector<float>* column : {&out.a, &out.b, &out.c, &out.d, &out.e}) {
                if (masked) {
                    CHECK_EQ((*column)[i], 0.0f);
                } else {
                    CHECK(!std::isnan((*column)[i]));
                }
            }
            if (!masked) continue;
            CHECK_EQ(static_cast<int>(out.flags[i]), 0);
            for (int64_t j = 0; j < batch.vocab; j++) CHECK_EQ(batch.out(r, j), 0.0f);
        }
    });
}

VARIANT_TEST(invalid_row_yields_nan_without_affecting_others) {
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        if (batch.rows < 11) return;
        Batch good = batch;
        Columns expected(batch.rows);
        policy_gradient(good, kernels, 3, good.output_argument(), &expected);

        batch.put_logit(1, batch.vocab - 1, NAN);
        batch.put_logit(3, batch.vocab / 2, kInfinity);
        for (int64_t j = 0; j < batch.vocab; j++) batch.put_logit(4, j, -kInfinity);
        batch.targets[6] = static_cast<int32_t>(batch.vocab);
        batch.targets[7] = -1;
        batch.temperatures[8] = 0;
        batch.temperatures[9] = NAN;
        Columns out(batch.rows);
        const cpu::TargetFault fault = policy_gradient(batch, kernels, 3, batch.output_argument(), &out);
        CHECK_EQ(fault.rows, 2);
        CHECK_EQ(fault.first_row, 6);
        CHECK_EQ(fault.target, batch.vocab);
        for (int64_t r = 0; r < batch.rows; r++) {
            const auto i = static_cast<size_t>(r);
            const Context context("row " + std::to_string(r));
            const bool bad = r == 1 || r == 3 || r == 4 || r == 6 || r == 7 || r == 8 || r == 9;
            CHECK_EQ(std::isnan(out.a[i]), bad);
            CHECK_EQ(std::isnan(out.b[i]), bad);
            CHECK_EQ(std::isnan(out.c[i]), bad);
            if (!bad) CHECK_EQ(out.a[i], expected.a[i]);
            for (int64_t j = 0; j < batch.vocab; j++) {
                if (bad) {
                    CHECK(std::isnan(batch.out(r, j)));
                } else {
                    CHECK_EQ(batch.out(r, j), good.out(r, j));
                }
            }
        }
    });
}
