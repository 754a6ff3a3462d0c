/**
 * Policies: trainable distributions, their optimizers, and the kernels that turn rows of logits
 * into log-probabilities and gradients on a device. They do not depend on tasks.
 */
package org.leash.training.policy;
