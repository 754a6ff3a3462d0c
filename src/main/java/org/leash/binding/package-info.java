/**
 * The binding to the native library: the loader, jextract's output for {@code leash.h} in {@code
 * generated}, and thin owners of native objects. No other package uses {@code java.lang.foreign}
 * beyond {@link java.lang.foreign.MemorySegment} and {@link java.lang.foreign.Arena}.
 *
 * <p>Internal to this library: arguments are not checked here. {@link org.leash.binding.Status}
 * converts an error status to an exception.
 */
package org.leash.binding;
