/**
 * The second half of a step: advantages, updates of policy and critic, their metrics, and settings
 * that replace parts of an algorithm.
 */
package org.leash.training.algorithm;
