/**
 * Comparisons as text, Markdown, CSV, JSON, and as an HTML page drawn by {@code org.leash.report}.
 */
package org.leash.benchmarks.report;
