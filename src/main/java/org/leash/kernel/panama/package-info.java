/**
 * Kernels of the native library, called through {@code java.lang.foreign}: one class for each
 * operation, which copies its arguments into the C struct and calls.
 */
package org.leash.kernel.panama;
