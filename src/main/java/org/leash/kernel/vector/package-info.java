/** The provider java-vector: SIMD in Java with the incubating Vector API. */
package org.leash.kernel.vector;
