/**
 * What every kernel must compute, in double precision and plain Java, written to be read beside the
 * formula. Depends on nothing but the JDK. Slow on purpose where speed would cost a digit.
 */
package org.leash.reference;
