/**
 * What every kernel must compute, in double precision and plain Java, written to be read beside the
 * formula. For tests and for the checks of the benchmark suite: the library computes nothing with
 * it. Depends on the JDK and on {@link org.leash.loss.PolicyLoss}, the configuration of a loss.
 * Slow on purpose where speed would cost a digit.
 */
package org.leash.reference;
