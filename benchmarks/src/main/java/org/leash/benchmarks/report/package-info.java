/**
 * Runs and their comparison as a page of HTML; the drawing itself is {@code org.leash.report}'s.
 */
package org.leash.benchmarks.report;
