package org.leash.benchmarks.tune;

import org.leash.device.DType;
import org.leash.operation.Operation;

/**
 * The choice for one measured shape.
 *
 * @param variant as in the table of choices
 * @param cluster likewise
 * @param evidence likewise
 */
record Point(
    Operation<?> operation,
    DType dtype,
    int rows,
    int vocab,
    String variant,
    int cluster,
    String evidence) {}
