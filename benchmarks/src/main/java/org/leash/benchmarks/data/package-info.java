/**
 * A run as its files tell it, checked and in memory: what comparisons, gates and reports are made
 * from.
 */
package org.leash.benchmarks.data;
