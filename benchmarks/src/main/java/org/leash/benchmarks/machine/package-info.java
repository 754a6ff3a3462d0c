/** What can be found out about the machine that measures: from the system, and by measuring. */
package org.leash.benchmarks.machine;
