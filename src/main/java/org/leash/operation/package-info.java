/**
 * The operations and their arguments: inputs, outputs and options of a call.
 *
 * <p>Each operation is an {@link org.leash.operation.Operation} and a class of {@link
 * org.leash.operation.Arguments}, which documents its formula and its shapes.
 */
package org.leash.operation;
