/**
 * Tasks: prompts, a verifier, reference solutions, and what the base model believes. They know no
 * policy; {@link org.leash.training.task.ExactAnswers} enumerates the answers of any distribution.
 */
package org.leash.training.task;
