/**
 * What benchmarks compute on, and what they must get: cases, seeded inputs like those of
 * reinforcement learning with verifiable rewards, and the double-precision reference to hold
 * results against. The one copy, for JMH classes, the runner and peers alike.
 */
package org.leash.benchmarks.input;
