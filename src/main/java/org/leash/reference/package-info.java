/**
 * Reference implementations of the kernels in double precision and plain Java, for comparison with
 * the formulas. Used only by tests and by the checks of the benchmark suite. Depends only on the
 * JDK and on {@link org.leash.loss.PolicyLoss}, the configuration of a loss. Accuracy takes
 * precedence over speed.
 */
package org.leash.reference;
