/** The gate: a policy, findings and an exit code. */
package org.leash.benchmarks.gate;
