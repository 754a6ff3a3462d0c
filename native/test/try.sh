#!/usr/bin/env bash
# Tests an edit of one variant: builds what the variant needs, runs its native tests and the conformance suite on small shapes, and
# compares a CPU variant with the next lower one of spec/instruction_sets.h. Prints the processor time of each stage.
#
#   try.sh VARIANT [OPERATION] [DTYPE]        VARIANT such as avx2 or cuda:resident; called by `make try`
#
# Objects of other instruction sets and, for a CPU variant, of GPU kernels are not rebuilt, and thus not tested.
set -euo pipefail

readonly variant=$1 operation=${2:-}
dtype=${3:-}
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
readonly java="$(ls -d "${JAVA_HOME:-/none}"/bin/java "${JAVA25_HOME:-/none}"/bin/java /usr/lib/jvm/*25*/bin/java 2>/dev/null | head -n 1)"
readonly class_path_file=src/target/test-class-path
total=0

# Emulation is slow: one dtype by default.
if [[ $variant == cuda:* && -z $dtype ]]; then
  dtype=bf16
  echo "== of dtypes only bf16; DTYPE=f32 tests another"
fi

# stage NAME COMMAND...: runs a command and prints its processor time.
stage() {
  local name=$1 spent status=0
  shift
  echo "== $name"
  TIMEFORMAT='%U %S'
  { time "$@" 2>&3 || status=$?; } 3>&2 2>/tmp/try-time.$$ || true
  spent=$(tail -n 1 /tmp/try-time.$$ | awk '{printf "%.1f", $1 + $2}')
  rm -f /tmp/try-time.$$
  total=$(awk "BEGIN {printf \"%.1f\", $total + $spent}")
  echo "== $name: $spent s of processor time"
  if [[ $status -ne 0 ]]; then
    echo "FAILED $variant: $name, after $total s"
    exit 1
  fi
}

# Options by which make treats these objects, if they exist, as up to date.
kept() {
  local object
  for object in "$@"; do
    if [[ -e native/$object ]]; then echo "-o $object"; fi
  done
}

build_native() {
  local sets old=() program=cpu-test
  sets=$(sed -n 's/^ *X(\([a-z0-9_]*\), *[0-9]*, *[A-Z0-9_]*, *".*/\1/p' native/spec/instruction_sets.h)
  for set in $sets; do
    if [[ $set != "$variant" ]]; then old+=("target/cpu/isa/$set.o" "target/test/plain/test/${set}_emulated.o"); fi
  done
  if [[ $variant == cuda:* ]]; then
    program=cuda-test
  else
    old+=($(cd native && find target/test/emulated/cuda target/test/emulated/measure target/test/emulated/test -name '*.o' 2>/dev/null))
  fi
  # shellcheck disable=SC2046 # words
  make -C native -s $(kept "${old[@]}") "target/test/$program" emulated
}

# Runs Maven only if a Java source or a pom is newer than its last build.
build_java() {
  if [[ -e $class_path_file && -z $(find pom.xml src/pom.xml src/main src/test -newer $class_path_file -type f -print -quit) ]]; then
    return
  fi
  mvn -B -q -pl native,src test-compile dependency:build-classpath -Dnative.skip=true -Dmdep.outputFile=target/test-class-path
}

native_tests() {
  if [[ $variant == cuda:* ]]; then
    (cd native && target/test/cuda-test --variant "$variant" --fail-fast ${operation:+--operation "$operation"} ${dtype:+--dtype "$dtype"})
  else
    (cd native && target/test/cpu-test --variant "$variant" --fail-fast ${operation:+--operation "$operation"} ${dtype:+--dtype "$dtype"})
  fi
}

on_java() {
  "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto --enable-native-access=ALL-UNNAMED --add-modules jdk.incubator.vector \
    -Dleash.library="$PWD/native/target/libleash-emulated.so" "$@"
}

conformance() {
  local device=cpu name=$variant
  if [[ $variant == cuda:* ]]; then
    device=cuda:1 name=${variant#cuda:}
  fi
  # Without the test of the suite itself, which no variant changes.
  on_java -Dleash.conformance.tests='.*[.](?!Mutation)[A-Za-z]+Test' \
    ${operation:+-Dleash.conformance.operations="$operation"} ${dtype:+-Dleash.conformance.dtypes="$dtype"} \
    -cp "src/target/classes:src/target/test-classes:$(cat $class_path_file)" org.leash.cli.LeashCommand verify \
    --device $device --variants "native-$name" --shapes small | { grep -v '^not here: ' || true; }
}

compare() {
  local jar=benchmarks/target/benchmarks.jar rival out
  if [[ ! -e $jar ]]; then
    echo "no comparison: $jar is missing; make build"
    return
  fi
  rival=$(sed -n 's/^ *X(\([a-z0-9_]*\), *[0-9]*, *[A-Z0-9_]*, *".*/\1/p' native/spec/instruction_sets.h | grep -B 1 -x "$variant" | head -n 1)
  if [[ $rival == "$variant" ]]; then
    echo "no comparison: $variant is the lowest"
    return
  fi
  out=$(mktemp -d)
  # One shape, beyond the last-level cache of one core complex: some virtual machines report the cache of the whole host, and
  # filling a multiple of it takes most of a minute.
  LEASH_BENCH_JAVA_OPTS="-Dleash.library=$PWD/native/target/libleash-emulated.so -Dleash.bench.cache=$((32 << 20))" \
    benchmarks/bin/leash-bench run --suite cpu --threads 1 \
    --filter "^${operation:-policy_gradient} ${dtype:-bf16} 64x151936 peaked.*/ native-($variant|$rival)\$" \
    --forks 3 --rounds 6 --cap 3 --base "native-$rival" --out "$out/run" || true
  rm -r "$out"
}

stage "build native" build_native
stage "build Java" build_java
readonly built=$total
stage "native tests" native_tests
stage conformance conformance
echo "PASSED $variant${operation:+ $operation}${dtype:+ $dtype}: $total s of processor time, $built s of them to build"
if [[ $variant != cuda:* ]]; then stage comparison compare; fi
