/**
 * The native library as Java sees it: the loader, jextract's output for {@code leash.h} in {@code
 * generated}, and thin owners of what the library hands out. With the memory that callers may pass
 * in, it is all of the code that knows {@code java.lang.foreign}.
 *
 * <p>For the packages of this library only: nothing here checks a caller's arguments. A status
 * other than OK becomes the exception of {@link org.leash.binding.Status}.
 */
package org.leash.binding;
