/**
 * The operations and their arguments: what a call computes, from which memory and into which.
 *
 * <p>Each operation is an {@link org.leash.operation.Operation} and a class of {@link
 * org.leash.operation.Arguments}, which documents its formula and its shapes.
 */
package org.leash.operation;
