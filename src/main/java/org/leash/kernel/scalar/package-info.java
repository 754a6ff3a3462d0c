/** The provider java-scalar: plain Java in double precision, available everywhere. */
package org.leash.kernel.scalar;
