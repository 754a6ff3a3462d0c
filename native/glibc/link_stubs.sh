#!/bin/sh
# Makes stubs of glibc to link against. A library that is linked against glibc itself asks for the latest version of each symbol,
# and loads only where glibc is as new. The stubs have each symbol of this machine's glibc in its latest version up to OLDEST alone,
# so that a host needs no later one. A symbol that came later has its first version: the link succeeds, and check_library.sh names it.
#
#   link_stubs.sh CXX OLDEST FOLDER
#
# FOLDER/libc.so and its like then shadow those of the compiler: -L FOLDER. Needs the compiler's assembler and linker, and readelf.
set -eu
cxx=$1
oldest=$2
folder=$3

rm -rf "$folder"
mkdir -p "$folder"

# The path of a file of the compiler's C library, or nothing.
find_file() {
    $cxx -print-file-name="$1" | grep / || true
}

libc=$(find_file libc.so.6)
dynamic_linker=$(readelf -d "$libc" | sed -n 's/.*(NEEDED).*\[\(ld-linux.*\)\]/\1/p')
libraries="libc.so.6 libm.so.6 libpthread.so.0 libdl.so.2 librt.so.1 $dynamic_linker"

# The assembly and the versions of each stub.
for library in $libraries; do
    readelf --wide --dyn-syms "$(find_file "$library")" | sed "s/^/$library /"
done | awk -v oldest="$oldest" -v folder="$folder" '
    function age(version,  part) {
        split(version, part, ".")
        return (part[1] * 1000 + part[2]) * 1000 + part[3]
    }
    # Highest for the latest version up to the oldest glibc; of later ones, highest for the first.
    function rank(version) {
        return age(version) <= age(oldest) ? age(version) : -age(version)
    }
    function keep(library, name, version) {
        if ((library, name) in kept && rank(version) <= rank(kept[library, name])) return
        kept[library, name] = version
    }
    # Where the dynamic linker of glibc before 2.30 insists on finding a symbol that has moved to libc since, and got a version there.
    function former_library(name) {
        if (name ~ /^dl/) return "libdl.so.2"
        if (name ~ /^(aio|lio|mq|shm|timer)_/) return "librt.so.1"
        if (name ~ /^(__pthread|pthread|sem|thrd|mtx|cnd|tss)_|^call_once$/) return "libpthread.so.0"
        return "libc.so.6"
    }

    $8 == "UND" || $8 == "ABS" || $9 !~ /@GLIBC_[0-9.]+$/ { next }
    {
        name = $9
        version = $9
        sub(/@.*/, "", name)
        sub(/.*@GLIBC_/, "", version)
        keep($1, name, version)
        bytes[name] = $4
        type[name] = $5 == "OBJECT" ? "object" : "function"
        if ($1 == "libc.so.6" && rank(version) < 0) later[name]
    }
    END {
        for (name in later) {
            version = kept["libc.so.6", name]
            if (rank(version) > 0 && former_library(name) != "libc.so.6") {
                delete kept["libc.so.6", name]
                keep(former_library(name), name, version)
            }
        }
        for (key in kept) {
            split(key, part, SUBSEP)
            name = part[2]
            names[part[1], kept[key]] = names[part[1], kept[key]] " " name ";"
            printf ".globl %s\n.type %s, %%%s\n.size %s, %s\n%s:\n", name, name, type[name], name, bytes[name], name > (folder "/" part[1] ".s")
        }
        for (key in names) {
            split(key, part, SUBSEP)
            printf "GLIBC_%s { global:%s };\n", part[2], names[key] > (folder "/" part[1] ".map")
        }
    }'

for library in $libraries; do
    $cxx -shared -nostdlib -Wl,-soname,"$library" -Wl,--version-script="$folder/$library.map" "$folder/$library.s" \
        -o "$folder/$library"
    rm "$folder/$library.s" "$folder/$library.map"
    ln -s "$library" "$folder/${library%.so.*}.so"
done

# libc.so is a linker script in glibc, too: with its parts that are linked statically, and the dynamic linker's few symbols.
rm "$folder/libc.so"
echo "GROUP($folder/libc.so.6 $(find_file libc_nonshared.a) AS_NEEDED($folder/$dynamic_linker))" > "$folder/libc.so"
