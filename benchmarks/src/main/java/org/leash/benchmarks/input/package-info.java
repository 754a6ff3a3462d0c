/**
 * Data of a case: seeded inputs as in reinforcement learning with verifiable rewards, their copies
 * on a device, and the double-precision reference that results are checked against.
 */
package org.leash.benchmarks.input;
