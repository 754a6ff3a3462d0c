/** The provider java-scalar: plain Java in double precision, which runs everywhere. */
package org.leash.kernel.scalar;
