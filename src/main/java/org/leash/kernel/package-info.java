/**
 * The variants of the operations, and the catalogue of variants for a device.
 *
 * <p>A call runs the {@link org.leash.kernel.Kernel} of an {@link org.leash.operation.Operation},
 * found in a {@link org.leash.kernel.Catalogue}, on {@link org.leash.operation.Arguments}.
 * Arguments of all {@linkplain org.leash.kernel.Provider providers} are checked here, before the
 * computation: an exception names the argument, its value and the remedy. A call allocates nothing
 * on the Java heap.
 */
package org.leash.kernel;
