/**
 * The runner: contenders of a case play interleaved rounds inside a fork, a fresh JVM; a parent
 * starts the forks, writes what they report and survives their death. JMH cannot interleave, and
 * results that come only at the end are lost with the run.
 */
package org.leash.benchmarks.run;
