/**
 * Devices, their memory and their clocks. Depends on the binding alone.
 *
 * <p>A {@link org.leash.device.Device} hands out {@linkplain org.leash.device.Buffer buffers}: a
 * {@link org.leash.device.Matrix} of logits and columns with one entry for each row. A caller's own
 * memory joins by the buffers' {@code wrap}. Whatever can be wrong with one buffer (shape, size,
 * alignment) is found when it is made; what can be wrong with several together is found by the
 * kernel that gets them.
 */
package org.leash.device;
