/** Runs made up from a model of noise, which show that comparison and gate do what they say. */
package org.leash.benchmarks.selftest;
