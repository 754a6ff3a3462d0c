/**
 * The GPU kernels of the native library once more, loaded from its fat binaries and launched
 * through JCuda. Plans, memory, stream and errors are the native library's: what differs is who
 * launches, so results are bitwise the same, and the cost of a call can be compared.
 *
 * <p>Needs {@code org.jcuda:jcuda} 12.6.0 and {@code org.jcuda:jcuda-natives} with the classifier
 * {@code linux-x86_64} on the class path, and a driver.
 */
package org.leash.kernel.jcuda;
