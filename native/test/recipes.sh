#!/usr/bin/env bash
# Follows the recipes of ../README.md ("Adding") in a copy of the project: adds a dummy CUDA variant, CPU variant, loss and
# operation, and checks that the tests find each by name and pass, that each omitted step is detected, and that a planted fault is
# found. Fails if a recipe touches a different number of files than README.md states. The loss and the operation need Maven.
#
#   recipes.sh [RECIPE...]     cuda_variant, cpu_variant, loss or operation; all of them by default
set -euo pipefail

readonly source="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)"
readonly java=src/main/java/org/leash
readonly tests=src/test/java/org/leash
readonly benchmarks=benchmarks/src/main/java/org/leash/benchmarks
readonly work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Includes build outputs, so that only the changes of a recipe are compiled.
mkdir "$work/project"
for part in pom.xml .mvn native src benchmarks; do cp -a "$source/$part" "$work/project/"; done
cd "$work/project"

fail() {
  echo "recipes: $*" >&2
  exit 1
}

build() { make -C native -s NVCC= "$@" > "$work/build.log" 2>&1; }

must_build() { build "$@" || { tail -n 20 "$work/build.log" >&2; fail "cannot build $*"; }; }

# A native test program, run in its folder.
native_tests() { (cd native && "target/test/$1" "${@:2}"); }

# Java tests by name, with the native library rebuilt; on an emulated GPU if the first argument is "emulated".
java_tests() {
  local profile=()
  if [[ $1 == emulated ]]; then profile=(-Pemulated -Demulated.only=true); fi
  if [[ $1 == emulated ]]; then shift; fi
  NVCC= mvn -B -q -T1 -pl native,src,benchmarks test "${profile[@]}" -Dtest="$1" -Dsurefire.failIfNoSpecifiedTests=false "${@:2}"
}

# must_say TEXT COMMAND...: the command must fail and print TEXT, an extended regular expression.
must_say() {
  local text=$1
  shift
  if "$@" > "$work/says.log" 2>&1; then fail "passes, and should say '$text': $*"; fi
  grep -qE -- "$text" "$work/says.log" || { tail -n 40 "$work/says.log" >&2; fail "fails without saying '$text': $*"; }
  echo "  found: $(grep -m 1 -E -- "$text" "$work/says.log" | cut -c 1-300)"
}

must_pass() { "$@" > "$work/says.log" 2>&1 || { tail -n 40 "$work/says.log" >&2; fail "does not pass: $*"; }; }

# The number of files below a folder that differ from the source, without build outputs.
touched() { { diff -rq --exclude=target --exclude=out "$source/$1" "$1" || true; } | wc -l; }

# expect_touched RECIPE FILES [TEST_FILES]
expect_touched() {
  local in_tests=$(($(touched native/test) + $(touched src/test) + $(touched benchmarks/src/test)))
  local files=$(($(touched native) + $(touched src) + $(touched benchmarks) - in_tests))
  echo "  $1: $files files${3:+, and $in_tests of tests}"
  [[ $files -eq $2 && $in_tests -eq ${3:-0} ]] ||
    fail "$1 touches $files files and $in_tests of tests, and should touch $2 and ${3:-0}"
}

# insert_before FILE PATTERN TEXT: before the first line with the pattern.
insert_before() { sed -i "0,/$2/s//$3\n&/" "$1"; }

# insert_after FILE PATTERN TEXT: after the first line with the pattern.
insert_after() { sed -i "0,/$2/s//&\n$3/" "$1"; }

# append_entry FILE LIST ENTRY: as the last entry of a list in spec/.
append_entry() { sed -i "/#define $2(X)/,/^\$/ { /[^\\]\$/ s/\$/ \\\\\n    $3/ }" "native/spec/$1"; }

# Restores files. Copies have new times, so that make sees the change.
restore() {
  local file
  for file in "$@"; do
    if [[ -e $source/$file ]]; then cp "$source/$file" "$file"; else rm "$file"; fi
  done
}

cuda_variant() {
  echo "a CUDA variant: a copy of two_read"
  must_build target/test/cuda-test
  must_say "no variant is called 'cuda:dummy'" native_tests cuda-test --variant cuda:dummy
  insert_before native/spec/cuda_variants.h '#include "cuda\/variants\/naive.cuh"' '#include "cuda\/variants\/dummy.cuh"'
  sed -i 's/^    X(two_read, TwoRead, any) .*/&\n    X(dummy, Dummy, any) \\/' native/spec/cuda_variants.h
  must_say "cuda/variants/dummy.cuh" make -C native -s NVCC= target/test/emulated/cuda/ops/log_softmax.o
  sed 's/TWO_READ/DUMMY/; s/TwoRead/Dummy/g' native/cuda/variants/two_read.cuh > native/cuda/variants/dummy.cuh
  must_build target/test/cuda-test
  must_pass native_tests cuda-test --variant cuda:dummy --dtype bf16
  expect_touched "a CUDA variant" 2
  # The first barrier: what one thread writes for all is read too soon.
  sed -i '0,/__syncthreads();/s//;/' native/cuda/variants/dummy.cuh
  must_build target/test/cuda-test
  must_say "dummy.cuh:" native_tests cuda-test --variant cuda:dummy --dtype bf16 --fail-fast
  restore native/spec/cuda_variants.h native/cuda/variants/dummy.cuh
}

cpu_variant() {
  echo "a CPU variant: a copy of portable"
  must_build target/test/cpu-test
  must_say "no variant is called 'dummy'" native_tests cpu-test --variant dummy
  insert_before native/spec/instruction_sets.h ' *X(avx2,' '    X(dummy, 90, ANY, "a copy of portable", "", "") \\'
  must_say "cpu/isa/dummy.h" make -C native -s NVCC= target/cpu/isa/dummy.o
  sed 's/LEASH_CPU_ISA_PORTABLE_H/LEASH_CPU_ISA_DUMMY_H/' native/cpu/isa/portable.h > native/cpu/isa/dummy.h
  must_build target/test/cpu-test
  must_pass native_tests cpu-test --variant dummy
  [[ $(make -C native -n -s NVCC= test | grep check_library.sh) == *target/cpu/isa/dummy.o* ]] ||
    fail "check_library.sh does not look at the new loops"
  expect_touched "a CPU variant" 2
  sed -i 's/static float max_lane(Float v) {/&\n        v[0] = -__builtin_inff();/' native/cpu/isa/dummy.h
  must_build target/test/cpu-test
  must_say "FAILED" native_tests cpu-test --variant dummy --fail-fast
  restore native/spec/instruction_sets.h native/cpu/isa/dummy.h
}

loss() {
  echo "a loss: a copy of reinforce"
  append_entry losses.h LEASH_LOSSES 'X(7, DUMMY, dummy)'
  must_say "dummy" make -C native -s NVCC= target/cpu/ops/policy_gradient.o
  insert_before native/math/policy_loss.h '\/\/ The score function: .*' \
    'template <class Real>\nLEASH_HOST_DEVICE LossTerm<Real> dummy(const leash_policy_loss\&, const Sampled<Real>\& token) {\n    return token.score(1, 0);\n}\n'
  must_say '"dummy"' java_tests BindingDriftTest
  insert_before $java/loss/Surrogate.java '  \/\*\* −A · logprob. .*' \
    '  \/** A copy of {@link #REINFORCE}. *\/\n  DUMMY {\n    @Override\n    void evaluate(PolicyLoss policy, TokenLoss token, Term out) {\n      out.set(-token.advantage * finite(token.logprob), -token.advantage);\n    }\n  },\n'
  must_say "does not cover all possible input values" java_tests BindingDriftTest
  sed -i 's/case REINFORCE/case REINFORCE, DUMMY/' $java/reference/PolicyReference.java
  must_pass java_tests BindingDriftTest,LossAccuracyTest
  must_pass java_tests emulated LossAccuracyTest
  expect_touched "a loss" 4
  sed -i '/> dummy(/,/^}/ s/token.score(1, 0)/token.score(2, 0)/' native/math/policy_loss.h
  must_say "LossAccuracyTest.*dummy|policy [0-9]* dummy" java_tests LossAccuracyTest
  restore native/spec/losses.h native/math/policy_loss.h $java/loss/Surrogate.java $java/reference/PolicyReference.java
}

# A copy of a file of entropy, with the names of the operation changed.
copy_entropy() { sed 's/EntropyWork/DummyWork/g; s/TargetFault entropy/TargetFault dummy/; s/Entropy\b/Dummy/g; s/EntropyRows/DummyRows/g; s/leash_entropy/leash_dummy/g' "$1" > "$2"; }

operation() {
  echo "an operation: a copy of entropy"
  append_entry operations.h LEASH_OPERATIONS 'X(5, DUMMY, dummy, 1, 0)'
  must_say "leash_dummy_args" make -C native -s NVCC= target/api/operations.o
  insert_after native/include/leash.h '} leash_entropy_args;' \
    '\ntypedef struct leash_dummy_args {\n    leash_rows rows;\n    float *entropy; \/* [rows] *\/\n} leash_dummy_args;'
  insert_before native/include/leash.h 'LEASH_API leash_status leash_token_statistics(.*' \
    'LEASH_API leash_status leash_dummy(leash_device *device, const leash_dummy_args *args);'
  must_say "undefined reference to .*dummy" make -C native -s NVCC= target/libleash.so
  insert_before native/api/arguments.cpp ' *LEASH_STRUCT(leash_token_statistics_args),' \
    '    LEASH_STRUCT(leash_dummy_args),\n    LEASH_FIELD(leash_dummy_args, rows),\n    LEASH_FIELD(leash_dummy_args, entropy),\n'
  insert_before native/api/arguments.cpp 'void check(const leash_token_statistics_args& args) {' \
    'void check(const leash_dummy_args\& args) {\n    check_output_column(args.entropy, "entropy", check_rows(args.rows), Presence::kRequired);\n}\n'
  copy_entropy native/cpu/ops/entropy.cpp native/cpu/ops/dummy.cpp
  cat > native/cuda/ops/dummy.cu <<'CUDA'
#include "cuda/host/operations.h"
#include "cuda/ops/launches.cuh"
#include "cuda/ops/operation.cuh"

namespace leash::cuda {

struct Dummy {
    static constexpr bool kNeedsSums = true;
    static constexpr bool kWritesMatrix = false;
    RowParameters rows;
    float* entropy;
    void* output;  // none
    int64_t output_stride;

    __device__ bool has_output() const { return false; }
    __device__ void masked(int64_t row) const { put(entropy, row, 0); }
    __device__ int32_t target_index(int64_t) const { return -1; }
    __device__ void prefetch(int64_t) const {}
    __device__ OutputRow finish(int64_t row, const RowStatistics& s, const Target&, bool writes) const {
        if (writes) put(entropy, row, s.entropy());
        return {};
    }
    template <int kVectors, int kPerVector>
    static __device__ void elements(const OutputRow&, float (&)[kVectors][kPerVector]) {}
};

}  // namespace leash::cuda

#define LEASH_OPERATION dummy
#define LEASH_OPERATION_TYPE Dummy
#define LEASH_OPERATION_SUMS 1
#define LEASH_OPERATION_OUTPUT 0
#include "cuda/ops/kernels.cuh"

namespace leash::cuda {

Plan plan_dummy(const leash_dummy_args& args, const Selection& selection, const DeviceLimits& limits, Fault* fault, void* workspace) {
    const Dummy operation = {row_parameters(args.rows, fault), args.entropy, nullptr, 0};
    return plan_operation(operation, selection, args.rows, limits, workspace);
}

}  // namespace leash::cuda
CUDA
  must_build target/libleash.so
  must_say "check_dummy" make -C native -s NVCC= target/test/plain/test/operations_test.o
  insert_before native/test/operation_checks.h 'inline Columns token_statistics(.*' \
    'inline int64_t check_dummy(Runner\& on, Batch\& batch) {\n    std::vector<float> entropy(static_cast<size_t>(batch.rows), kUntouched);\n    const leash_dummy_args args = {on.rows(batch), on.put(entropy)};\n    on.run(LEASH_DUMMY, \&args, args.rows);\n    CHECK(entropy == entropies(on, batch));\n    return batch.rows;\n}\n'
  must_build target/test/cpu-test target/test/cuda-test
  must_pass native_tests cpu-test --operation dummy
  must_pass native_tests cuda-test --operation dummy --dtype bf16 agree_with_long_double
  must_say '"dummy"' java_tests BindingDriftTest

  copy_entropy $java/operation/Entropy.java $java/operation/Dummy.java
  insert_after $java/operation/Operation.java '.*new Operation<>("entropy", Entropy.class);' \
    '\n  \/** A copy of {@link #ENTROPY}. *\/\n  public static final Operation<Dummy> DUMMY = new Operation<>("dummy", Dummy.class);'
  sed -i 's/LOG_SOFTMAX, ENTROPY, /&DUMMY, /' $java/operation/Operation.java
  must_say "no conformance test of dummy" java_tests RowCountAccuracyTest
  must_say "no arguments of dummy" java_tests ArgumentsTest
  must_say "no contract measures dummy" java_tests ContractTest
  insert_before $tests/conformance/Trial.java '  Tokens tokenStatistics() {' \
    '  float[] dummy() {\n    FloatColumn out = floats();\n    Dummy arguments = Dummy.of(logits()).entropy(out);\n    arguments.temperature(problem.callTemperature()).temperatures(temperatures).mask(mask);\n    run(Operation.DUMMY, arguments, false);\n    return out.toArray();\n  }\n'
  sed -i 's/^import org.leash.operation.Entropy;/import org.leash.operation.Dummy;\n&/' $tests/conformance/Trial.java $tests/kernel/Calls.java \
    $tests/kernel/FuzzedArguments.java $benchmarks/input/Workload.java
  insert_before $tests/conformance/Judge.java '      case "token_statistics" -> .*' '      case "dummy" -> entropy(trial.dummy());'
  insert_before $tests/kernel/Calls.java '      case "token_statistics" -> .*' \
    '      case "dummy" ->\n          Dummy.of(device.matrix(rows, vocab, dtype)).entropy(device.floats(rows));'
  insert_before $tests/kernel/FuzzedArguments.java '      case "token_statistics" ->.*' \
    '      case "dummy" -> shared(Dummy.of(matrix())).entropy(floats(rarely()));'
  insert_before $benchmarks/plan/Contract.java '  TOKEN_STATISTICS(.*' '  DUMMY(Operation.DUMMY, List.of("entropy"), ""),'
  insert_before $benchmarks/input/Workload.java '      case TOKEN_STATISTICS ->.*' \
    '      case DUMMY -> Dummy.of(in).entropy(outputs.get("entropy"));'
  must_say "no Java kernel computes dummy" java_tests RowCountAccuracyTest
  copy_entropy $java/kernel/rows/EntropyRows.java $java/kernel/rows/DummyRows.java
  insert_before $java/kernel/rows/RowKernels.java '    } else if (operation == Operation.TOKEN_STATISTICS) {' \
    '    } else if (operation == Operation.DUMMY) {\n      kernel = new DummyRows(device, variant, loops);'
  must_pass java_tests BindingDriftTest,RowCountAccuracyTest,ArgumentsTest,ArgumentFuzzTest,ContractTest -Dleash.conformance.operations=dummy
  must_pass java_tests emulated RowCountAccuracyTest -Dleash.conformance.operations=dummy
  expect_touched "an operation" 11 5

  sed -i 's/s.entropy()/s.log_sum/' native/cuda/ops/dummy.cu
  must_say "dummy by native" java_tests emulated RowCountAccuracyTest -Dleash.conformance.operations=dummy
  sed -i 's/sums).entropy()/sums).log_sum/' native/cpu/ops/dummy.cpp
  must_say "dummy by native" java_tests RowCountAccuracyTest -Dleash.conformance.operations=dummy
  restore native/{spec/operations.h,include/leash.h,api/arguments.cpp,cpu/ops/dummy.cpp,cuda/ops/dummy.cu,test/operation_checks.h} \
    $java/{operation/Dummy,operation/Operation,kernel/rows/DummyRows,kernel/rows/RowKernels}.java \
    $tests/{conformance/Trial,conformance/Judge,kernel/Calls,kernel/FuzzedArguments}.java \
    $benchmarks/{plan/Contract,input/Workload}.java
}

if [[ $# -eq 0 ]]; then set -- cuda_variant cpu_variant loss operation; fi
for recipe in "$@"; do
  [[ $recipe =~ ^(cuda_variant|cpu_variant|loss|operation)$ ]] || fail "'$recipe' is none of cuda_variant, cpu_variant, loss, operation"
  "$recipe"
done
echo "recipes: all as README.md says"
