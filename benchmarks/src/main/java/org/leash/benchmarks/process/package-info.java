/**
 * The processes of a run. The parent starts a fresh JVM per fork, records each row as it comes, and
 * survives the death of a fork; JMH's results are lost with the run.
 */
package org.leash.benchmarks.process;
