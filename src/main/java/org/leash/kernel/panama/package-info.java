/**
 * Kernels of the native library: the arguments of an operation are written into its C struct, which
 * {@link org.leash.binding.PinnedStruct} passes to the library.
 */
package org.leash.kernel.panama;
