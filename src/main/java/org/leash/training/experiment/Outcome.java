package org.leash.training.experiment;

import java.util.Map;

/**
 * What one run came to.
 *
 * @param task its name
 * @param arm the arm's name
 * @param seed of the run; 0 for exact arms
 * @param figures by name, all exact
 */
public record Outcome(String task, String arm, long seed, Map<String, Double> figures) {}
