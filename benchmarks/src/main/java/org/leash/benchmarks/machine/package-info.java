/** Fitness of a machine for measurements, by inspection and by trial. */
package org.leash.benchmarks.machine;
