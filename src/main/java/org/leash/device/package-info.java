/**
 * Devices, their memory and their events. Depends only on the binding.
 *
 * <p>A {@link org.leash.device.Device} allocates {@linkplain org.leash.device.Buffer buffers}: a
 * {@link org.leash.device.Matrix} of logits, and columns with one entry per row. The {@code wrap}
 * methods of the buffers accept the caller's own memory. Shape, size and alignment of a buffer are
 * checked when it is made; kernels check the combination of their arguments.
 */
package org.leash.device;
