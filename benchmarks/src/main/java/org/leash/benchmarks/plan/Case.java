package org.leash.benchmarks.plan;

/**
 * Work that contenders are timed at, whoever does it. The text names it in filters, in the journal
 * and in messages.
 */
public sealed interface Case permits KernelCase, DispatchCase {}
