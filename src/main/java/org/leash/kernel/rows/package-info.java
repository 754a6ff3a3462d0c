/**
 * What the Java providers share: everything about an operation but the loops over the logits of a
 * row, which each of them brings as {@link org.leash.kernel.rows.RowLoops}.
 */
package org.leash.kernel.rows;
