/** What the kernels have to move, and how long that takes a machine of a given speed at least. */
package org.leash.benchmarks.predict;
