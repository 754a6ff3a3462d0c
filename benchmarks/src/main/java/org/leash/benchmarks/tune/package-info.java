/** From the measurements of the suite tune to entries of the table of choices. */
package org.leash.benchmarks.tune;
