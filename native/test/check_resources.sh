#!/bin/sh
# Reads the output of ptxas -v for the CUDA kernels from standard input, prints registers, stack and spills of each kernel and
# architecture, and fails if a kernel uses local memory.
awk '
    /Compiling entry function/ { gsub(/\047/, ""); kernel = $7; architecture = $9 }
    /bytes stack frame/ { stack = $1; spills = $5 + $9 }
    /Used [0-9]+ registers/ {
        match($0, /Used [0-9]+/)
        registers = substr($0, RSTART + 5, RLENGTH - 5)
        if (kernels++ == 0) printf "%-46s %-8s %9s %9s %9s\n", "kernel", "", "registers", "stack B", "spills B"
        printf "%-46s %-8s %9d %9d %9d\n", kernel, architecture, registers, stack, spills
        if (stack > 0 || spills > 0) bad++
    }
    END {
        if (kernels == 0) { print "check_resources: no kernels in the output of ptxas" > "/dev/stderr"; exit 1 }
        printf "%d kernels, %d with local memory\n", kernels, bad
        exit bad > 0
    }'
