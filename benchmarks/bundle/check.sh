#!/bin/sh
# Checks a bundle under the conditions of use: an empty environment, another working directory, a symbolic link. Checks the
# doctor, the conformance suite of the given variants (default: one), a benchmark of one case, and the export for peers. Then packs
# it into BUNDLE.tar.gz, and checks the size of that.
set -eu
bundle=$(readlink -f "$1")
variants=${2:-native-portable}
limit_mib=44

say() { echo "bundle: $*"; }
die() { say "$*" >&2; exit 1; }

elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT
ln -s "$bundle" "$elsewhere/a link"
cd "$elsewhere"
# With an empty environment: no PATH, no JAVA_HOME.
run() { command=$1; shift; env -i "./a link/bin/$command" "$@"; }

run leash doctor || die "leash doctor failed"
run leash verify --variants "$variants" || die "leash verify failed"
run leash-bench run --suite quick --filter 'token_statistics f32 256x32768 peaked' --threads 1 --forks 2 \
  --out "$elsewhere/run" > bench.log 2>&1 || { cat bench.log >&2; die "leash-bench run failed"; }
run leash-bench export --filter '^entropy bf16 1x32000' --out "$elsewhere/inputs" > /dev/null 2>&1 || die "leash-bench export failed"
[ -s "$elsewhere/inputs/cases.csv" ] && [ -s "$elsewhere/inputs/libleash.so" ] || die "leash-bench export left files out"
[ -s "$bundle/peers/peers.py" ] || die "no peers/peers.py"
[ -s "$elsewhere/run/DONE" ] || die "leash-bench run left no DONE"
# Without a GPU, leash-gpu must stop after the doctor and report what is missing. With one it would take too long.
if ! run leash doctor --device cuda:0 > /dev/null; then
  run leash-gpu --help | grep -q 'OUT \[MINUTES\]' || die "leash-gpu --help does not say how it is called"
  if run leash-gpu "$elsewhere/gpu" 1 > /dev/null 2>&1; then die "leash-gpu went on without a GPU"; fi
  grep -q 'doctor: exit code 1' "$elsewhere/gpu/summary.txt" || die "leash-gpu does not say that the doctor failed"
  grep -q MISSING "$elsewhere/gpu/doctor.log" || die "leash-gpu does not say what is missing"
fi
tar -C "$(dirname "$bundle")" -czf "$bundle.tar.gz" "$(basename "$bundle")"
mib=$(du -sm --apparent-size "$bundle.tar.gz" | cut -f 1)
[ "$mib" -le "$limit_mib" ] || die "$mib MiB is more than $limit_mib: $bundle.tar.gz"
say "works with an empty environment; packed, $mib MiB: $bundle.tar.gz"
