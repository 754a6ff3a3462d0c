#!/bin/sh
# Checks a bundle as it will be used: with an empty environment, from another folder, through a symbolic link. Its size, the
# doctor, the conformance suite of the variants given (default: one, for a minute) and a benchmark of one case.
set -eu
bundle=$(readlink -f "$1")
variants=${2:-native-portable}
limit_mib=60

say() { echo "bundle: $*"; }
die() { say "$*" >&2; exit 1; }

elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT
ln -s "$bundle" "$elsewhere/a link"
cd "$elsewhere"
# Nothing of the caller's environment: no PATH, no JAVA_HOME.
run() { command=$1; shift; env -i "./a link/bin/$command" "$@"; }

mib=$(du -sm --apparent-size "$bundle" | cut -f 1)
[ "$mib" -le "$limit_mib" ] || die "$mib MiB is more than $limit_mib"
run leash doctor || die "leash doctor failed"
run leash verify --variants "$variants" || die "leash verify failed"
run leash-bench run --suite quick --filter 'token_statistics f32 256x32768 peaked' --threads 1 --forks 2 \
  --out "$elsewhere/run" > bench.log 2>&1 || { cat bench.log >&2; die "leash-bench run failed"; }
[ -s "$elsewhere/run/DONE" ] || die "leash-bench run left no DONE"
say "$mib MiB, works with an empty environment: $bundle"
