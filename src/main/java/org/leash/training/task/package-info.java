/**
 * Tasks: prompts, a verifier, reference solutions, and a base model. They do not depend on
 * policies; {@link org.leash.training.task.ExactAnswers} enumerates the answers of any
 * distribution.
 */
package org.leash.training.task;
