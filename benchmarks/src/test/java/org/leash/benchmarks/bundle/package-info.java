/** The scripts of the bundle for GPU machines, with fakes in place of programs and GPU. */
package org.leash.benchmarks.bundle;
