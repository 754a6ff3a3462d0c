/**
 * Kernels: the variants of the operations, and the catalogue of what runs where and why not.
 *
 * <p>A call is an {@link org.leash.operation.Operation}, its {@link org.leash.operation.Arguments}
 * and a {@link org.leash.kernel.Kernel} that a {@link org.leash.kernel.Catalogue} found. Arguments
 * are checked here, once for all {@linkplain org.leash.kernel.Provider providers}, before anything
 * is computed: whatever is wrong is an exception that names the argument, its value and the remedy,
 * and a call allocates nothing on the Java heap.
 */
package org.leash.kernel;
