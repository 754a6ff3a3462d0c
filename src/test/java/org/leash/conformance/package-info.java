/**
 * What every variant of every operation must do, whatever its provider: one suite, run over all
 * variants that the catalogue calls available, against the double-precision reference.
 *
 * <p>System properties:
 *
 * <ul>
 *   <li>{@code leash.conformance.device}: cpu (default) or cuda:0, or several GPUs separated by
 *       commas
 *   <li>{@code leash.conformance.variants}: names separated by commas, a trailing * stands for
 *       anything; default *
 *   <li>{@code leash.conformance.shapes}: all (default), or small for an emulator
 * </ul>
 *
 * <p>At the end the suite prints how many cases each variant ran and how far it was off.
 */
package org.leash.conformance;
