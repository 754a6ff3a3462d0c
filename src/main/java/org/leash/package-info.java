/**
 * leash: kernels for the hot path of reinforcement learning with verifiable rewards. The entry
 * points are {@link org.leash.device.Device}, which allocates memory, and {@link
 * org.leash.kernel.Catalogue}, which provides kernels:
 *
 * <pre>{@code
 * try (Device device = Device.cpu();
 *     Matrix logits = device.matrix(rows, vocab, DType.F32);
 *     FloatColumn entropy = device.floats(rows)) {
 *   Catalogue.of(device).best(Operation.ENTROPY).run(Entropy.of(logits).entropy(entropy));
 * }
 * }</pre>
 */
package org.leash;
