/**
 * The GPU kernels of the native library, loaded from its fat binaries and launched through JCuda.
 * Plans, memory, stream and error reports are those of the native library; only the launch differs.
 * Results are therefore bitwise the same, and the costs of a call can be compared.
 *
 * <p>Needs {@code org.jcuda:jcuda} 12.6.0 and {@code org.jcuda:jcuda-natives} with the classifier
 * {@code linux-x86_64} on the class path, and NVIDIA's driver.
 */
package org.leash.kernel.jcuda;
