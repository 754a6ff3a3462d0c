/**
 * The native library as Java sees it: the loader, jextract's output for {@code leash.h} in {@code
 * generated}, and thin owners of what the library hands out. No other package uses {@code
 * java.lang.foreign} beyond {@link java.lang.foreign.MemorySegment} and {@link
 * java.lang.foreign.Arena}.
 *
 * <p>For the packages of this library only: nothing here checks a caller's arguments. A status
 * other than OK becomes the exception of {@link org.leash.binding.Status}.
 */
package org.leash.binding;
