/**
 * The conformance suite: every available variant of every operation, whatever its provider, against
 * the double-precision reference.
 *
 * <p>System properties:
 *
 * <ul>
 *   <li>{@code leash.conformance.device}: cpu (default) or cuda:0, or several GPUs separated by
 *       commas
 *   <li>{@code leash.conformance.variants}: names separated by commas, where a trailing * matches
 *       any suffix; default *
 *   <li>{@code leash.conformance.shapes}: all (default), or small for an emulator
 * </ul>
 *
 * <p>At the end, the suite prints the number of cases and the errors of each variant.
 */
package org.leash.conformance;
