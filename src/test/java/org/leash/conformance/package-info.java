/**
 * What every variant of every operation must do, whatever its provider: one suite, run over all
 * variants that the catalogue calls available, against the double-precision reference.
 *
 * <p>System properties: {@code leash.conformance.device} (CPU or CUDA, default CPU) and {@code
 * leash.conformance.variants} (names separated by commas, a trailing * stands for anything; default
 * *). At the end the suite prints how many cases each variant ran and how far it was off.
 */
package org.leash.conformance;
