/** The page about training runs: {@link org.leash.training.report.RunReport}. */
package org.leash.training.report;
