#!/bin/sh
# Checks a build of libleash.so. Arguments: the build folder, and the objects of the instruction sets.
#   - it exports exactly the functions of leash.h and leash_jvm.h
#   - it depends only on the C library
#   - the code compiled for an instruction set has no weak symbols, which could be linked into other translation units, and no
#     initialisers, which would run when the library is loaded: either would cause SIGILL on an older processor
set -eu
build=$1
shift
library=$build/libleash.so
failed=0

fail() {
    echo "check_library: $1" >&2
    failed=1
}

exported=$(nm -D --defined-only "$library" | awk '{ print $3 }' | sort)
declared=$(sed -n 's/^LEASH_API .*[ *]\(leash_[a-z_0-9]*\)(.*/\1/p' include/*.h | sort)
[ -n "$declared" ] || fail "found no declarations in include/"
[ "$exported" = "$declared" ] || fail "exports differ from the headers in include/: $(printf '%s\n%s\n' "$exported" "$declared" | sort | uniq -u | tr '\n' ' ')"

for needed in $(readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
    case $needed in
        libc.so.* | libm.so.* | libpthread.so.* | ld-linux*) ;;
        *) fail "needs $needed" ;;
    esac
done

[ $# -gt 0 ] || fail "no objects of instruction sets given"
for object in "$@"; do
    weak=$(nm -C "$object" | grep ' [VWu] ' || true)
    [ -z "$weak" ] || fail "$object has weak symbols: $weak"
    if readelf -S "$object" | grep -q init_array; then fail "$object runs code when it is loaded"; fi
done

[ $failed -eq 0 ] && echo "libleash.so: $(echo "$exported" | wc -l) exports as declared, self-contained"
exit $failed
