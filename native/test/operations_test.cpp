// The operations end to end, with every table of loops, against long double.
#include "cpu/ops/operations.h"

#include "test/batch.h"
#include "test/harness.h"
#include "test/operation_checks.h"

using namespace leash;
using namespace leash::test;

namespace {

class CpuRunner final : public Runner {
  public:
    explicit CpuRunner(const cpu::Kernels& kernels) : kernels_(kernels) {}

    leash_rows rows(Batch& batch) override { return batch.row_arguments(); }
    leash_matrix output(Batch& batch) override { return batch.output_argument(); }
    void run(int32_t operation, const void* args, const leash_rows&) override {
        switch (operation) {
#define LEASH_CASE(id, NAME, name, ...)                                                                                 \
    case LEASH_##NAME:                                                                                                  \
        CHECK_EQ(cpu::name(device(3), kernels_, *static_cast<const leash_##name##_args*>(args)).rows, 0);               \
        break;
            LEASH_OPERATIONS(LEASH_CASE)
#undef LEASH_CASE
        }
    }

  private:
    void* put_bytes(void* host, size_t) override { return host; }

    const cpu::Kernels& kernels_;
};

}  // namespace

#define LEASH_AGREES(id, NAME, name, ...)                                                     \
    VARIANT_TEST(name##_agrees_with_long_double) {                                          \
        if (!is_operation_selected(LEASH_##NAME)) return;                                   \
        int64_t rows = 0;                                                                   \
        for_each_batch([&](const cpu::Kernels& kernels, Batch& batch) {                     \
            CpuRunner runner(kernels);                                                      \
            rows += check_##name(runner, batch);                                            \
        });                                                                                 \
        CHECK(is_one_selected() || rows > 100);                                             \
    }
LEASH_OPERATIONS(LEASH_AGREES)
#undef LEASH_AGREES
