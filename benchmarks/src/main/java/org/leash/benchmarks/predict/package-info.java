/** Times of the CUDA kernels, predicted from their traffic and machine code. */
package org.leash.benchmarks.predict;
