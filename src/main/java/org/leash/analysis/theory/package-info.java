/**
 * Theory of training with verifiable rewards, computed for known distributions: exact tilts, flows
 * of pattern selection, advantages of chains of thought, discriminators, and self-excitation.
 */
package org.leash.analysis.theory;
