/**
 * The machine code of the CUDA kernels, compared with the committed table
 * native/cuda/machine_code.csv.
 */
package org.leash.benchmarks.machinecode;
