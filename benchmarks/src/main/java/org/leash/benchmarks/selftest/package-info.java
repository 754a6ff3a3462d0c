/** Simulated runs that test comparison and gate. */
package org.leash.benchmarks.selftest;
