package org.leash.benchmarks.plan;

/**
 * The work that contenders are timed at. The text names it in filters, in the journal and in
 * messages.
 */
public sealed interface Case permits KernelCase, DispatchCase {}
