/**
 * Whether a candidate may pass: a policy, what was found against it, and an exit code that says so.
 */
package org.leash.benchmarks.gate;
