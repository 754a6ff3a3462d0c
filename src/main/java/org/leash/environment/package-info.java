/** Facts about the machine and the software of a run, for its {@code env.csv}. */
package org.leash.environment;
