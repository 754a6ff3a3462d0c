#!/bin/sh
# Checks a build of libleash.so. Arguments: the build folder, the oldest glibc, and the objects of the instruction sets. NM is the
# nm of their architecture.
#   - it exports exactly the functions of leash.h and leash_jvm.h
#   - it depends only on the C library, and on no symbol that came later than the oldest glibc
#   - the code compiled for an instruction set has no weak symbols, which could be linked into other translation units, and no
#     initialisers, which would run when the library is loaded: either would cause SIGILL on an older processor
set -eu
build=$1
oldest=$2
shift 2
library=$build/libleash.so
failed=0

fail() {
    echo "check_library: $1" >&2
    failed=1
}

exported=$("${NM:-nm}" -D --defined-only "$library" | awk '{ print $3 }' | sort)
declared=$(sed -n 's/^LEASH_API .*[ *]\(leash_[a-z_0-9]*\)(.*/\1/p' include/*.h | sort)
[ -n "$declared" ] || fail "found no declarations in include/"
[ "$exported" = "$declared" ] || fail "exports differ from the headers in include/: $(printf '%s\n%s\n' "$exported" "$declared" | sort | uniq -u | tr '\n' ' ')"

for needed in $(readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
    case $needed in
        libc.so.* | libm.so.* | libpthread.so.* | libdl.so.* | librt.so.* | ld-linux*) ;;
        *) fail "needs $needed" ;;
    esac
done

versions=$(readelf --wide --dyn-syms "$library" | sed -n 's/.* UND \(.*\)@\(GLIBC_[^ ]*\).*/\2 \1/p' | sort -u)
later=$(echo "$versions" | awk -v oldest="$oldest" '
    { split(substr($1, 7), have, "."); split(oldest, most, ".") }
    have[1] > most[1] || have[1] == most[1] && have[2] > most[2] { printf "%s of %s, ", $2, $1 }')
[ -z "$later" ] || fail "needs ${later%, }, but has to run with glibc $oldest: define it in glibc/later_symbols.cpp"

[ $# -gt 0 ] || fail "no objects of instruction sets given"
for object in "$@"; do
    weak=$("${NM:-nm}" -C "$object" | grep ' [VWu] ' || true)
    [ -z "$weak" ] || fail "$object has weak symbols: $weak"
    if readelf -S "$object" | grep -q init_array; then fail "$object runs code when it is loaded"; fi
done

[ $failed -eq 0 ] && echo "libleash.so: $(echo "$exported" | wc -l) exports as declared, self-contained"
exit $failed
