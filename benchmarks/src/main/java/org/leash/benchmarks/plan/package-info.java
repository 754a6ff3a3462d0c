/** What is measured: suites, cases, contracts, settings, effort, and the traffic to expect. */
package org.leash.benchmarks.plan;
