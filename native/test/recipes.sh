#!/usr/bin/env bash
# Follows the recipes of README.md ("Adding") for a CPU variant and a CUDA variant in a copy of this folder: builds a dummy variant
# and checks that its tests find it by name and pass, that each omitted step is detected, and that a planted fault is found. Prints
# the number of files touched by each recipe.
#
#   recipes.sh [FOLDER]     the folder to work in; by default a temporary one, which is removed
set -euo pipefail

readonly source="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
work=${1:-}
if [[ -z $work ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
# Includes build outputs, so that only the changes of a recipe are compiled.
mkdir -p "$work"
cp -a "$source" "$work/native"
cd "$work/native"

fail() {
  echo "recipes: $*" >&2
  exit 1
}

build() { make -s NVCC= "$@" > "$work/build.log" 2>&1; }

must_build() { build "$@" || { tail -n 20 "$work/build.log" >&2; fail "cannot build $*"; }; }

# must_say TEXT COMMAND...: the command must fail and print TEXT.
must_say() {
  local text=$1
  shift
  if "$@" > "$work/says.log" 2>&1; then fail "passes, and should say '$text': $*"; fi
  grep -q -- "$text" "$work/says.log" || { tail -n 20 "$work/says.log" >&2; fail "fails without saying '$text': $*"; }
  echo "  found: $(grep -m 1 -- "$text" "$work/says.log" | cut -c 1-400)"
}

# The number of files that differ from the source, without build outputs.
touched() { { diff -rq --exclude=target "$source" "$work/native" || true; } | wc -l; }

expect_touched() {
  local files
  files=$(touched)
  echo "  $1: $files files"
  [[ $files -eq $2 ]] || fail "$1 touches $files files, and should touch $2"
}

# insert_before FILE PATTERN LINE: inserts LINE before the first match of PATTERN.
insert_before() { sed -i "0,/$2/s//$3\n&/" "$1"; }

# Restores a list of spec/ and removes the file added by the recipe. Copies the list, so that make detects the change.
restore() {
  cp "$source/spec/$1" spec/
  rm "$2"
}

echo "a CUDA variant: a copy of two_read"
must_build target/test/cuda-test
must_say "no variant is called 'cuda:dummy'" target/test/cuda-test --variant cuda:dummy
insert_before spec/cuda_variants.h '#include "cuda\/variants\/naive.cuh"' '#include "cuda\/variants\/dummy.cuh"'
sed -i 's/^    X(two_read, TwoRead, any) .*/&\n    X(dummy, Dummy, any) \\/' spec/cuda_variants.h
must_say "cuda/variants/dummy.cuh" make -s NVCC= target/test/emulated/cuda/ops/log_softmax.o
sed 's/TWO_READ/DUMMY/; s/TwoRead/Dummy/g' cuda/variants/two_read.cuh > cuda/variants/dummy.cuh
must_build target/test/cuda-test
target/test/cuda-test --variant cuda:dummy --dtype bf16 | tail -n 1
expect_touched "a CUDA variant" 2
# Removes the first barrier: a value written by one thread for all is read too early.
sed -i '0,/__syncthreads();/s//;/' cuda/variants/dummy.cuh
must_build target/test/cuda-test
must_say "dummy.cuh:" target/test/cuda-test --variant cuda:dummy --dtype bf16 --fail-fast
restore cuda_variants.h cuda/variants/dummy.cuh

echo "a CPU variant: a copy of portable"
must_build target/test/cpu-test
must_say "no variant is called 'dummy'" target/test/cpu-test --variant dummy
insert_before spec/instruction_sets.h ' *X(avx2,' '    X(dummy, 90, ANY, "a copy of portable", "", "") \\'
must_say "cpu/isa/dummy.h" make -s NVCC= target/cpu/isa/dummy.o
sed 's/LEASH_CPU_ISA_PORTABLE_H/LEASH_CPU_ISA_DUMMY_H/' cpu/isa/portable.h > cpu/isa/dummy.h
must_build target/test/cpu-test
target/test/cpu-test --variant dummy | tail -n 1
[[ $(make -n -s NVCC= test | grep check_library.sh) == *target/cpu/isa/dummy.o* ]] || fail "check_library.sh does not look at the new loops"
expect_touched "a CPU variant" 2
sed -i 's/static float max_lane(Float v) {/&\n        v[0] = -__builtin_inff();/' cpu/isa/dummy.h
must_build target/test/cpu-test
must_say "FAILED" target/test/cpu-test --variant dummy --fail-fast
restore instruction_sets.h cpu/isa/dummy.h

[[ $(touched) -eq 0 ]] || fail "the copy is not as it was"
echo "recipes: all as README.md says"
