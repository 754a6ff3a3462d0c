package org.leash.analysis.theory;

import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * A small value function for {@link SelfExcitation}: a multi-layer perceptron with one output, ReLU
 * after each hidden layer and, optionally, layer normalisation without gain or offset before the
 * ReLU, as in arXiv 2310.04411. Parameters are in one array. Not thread-safe.
 */
public final class QNetwork {
  private static final double NORMALISATION_EPSILON = 1e-6;

  private final int[] widths;
  private final boolean normalised;
  private final double[] parameters;

  /**
   * A network with random weights of variance 2 / inputs and offsets of 0.
   *
   * @param normalised whether hidden layers are normalised
   * @param widths inputs, then hidden layers
   */
  public QNetwork(RandomGenerator random, boolean normalised, int... widths) {
    if (widths.length < 2) {
      throw new IllegalArgumentException("needs inputs and at least one hidden layer");
    }
    this.widths = widths.clone();
    this.normalised = normalised;
    int count = 0;
    for (int layer = 0; layer < widths.length; layer++) {
      count += (widths[layer] + 1) * outputs(layer);
    }
    parameters = new double[count];
    int next = 0;
    for (int layer = 0; layer < widths.length; layer++) {
      for (int i = 0; i < outputs(layer) * widths[layer]; i++) {
        parameters[next++] = random.nextGaussian() * Math.sqrt(2.0 / widths[layer]);
      }
      next += outputs(layer);
    }
  }

  private int outputs(int layer) {
    return layer + 1 < widths.length ? widths[layer + 1] : 1;
  }

  /** Number of parameters. */
  public int size() {
    return parameters.length;
  }

  /** Adds {@code by} · direction to the parameters. */
  public void move(double[] direction, double by) {
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] += by * direction[i];
    }
  }

  /** Q at an input. */
  public double value(double[] input) {
    return forward(input, new double[widths.length][], new double[widths.length]);
  }

  /** The gradient of Q at an input with respect to the parameters. */
  public double[] gradient(double[] input) {
    double[][] inputs = new double[widths.length][]; // of each layer
    double[] scales = new double[widths.length]; // of each layer's normalisation
    forward(input, inputs, scales);
    double[] gradient = new double[parameters.length];
    double[] above = {1};
    int end = parameters.length;
    for (int layer = widths.length - 1; layer >= 0; layer--) {
      int in = widths[layer];
      int out = outputs(layer);
      int begin = end - (in + 1) * out;
      double[] below = new double[in];
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < in; i++) {
          gradient[begin + o * in + i] = above[o] * inputs[layer][i];
          below[i] += above[o] * parameters[begin + o * in + i];
        }
        gradient[begin + out * in + o] = above[o];
      }
      above = layer == 0 ? below : throughActivation(below, layer, begin, inputs, scales);
      end = begin;
    }
    return gradient;
  }

  /** The gradient with respect to a hidden layer's sums, from that of its activations. */
  private double[] throughActivation(
      double[] below, int layer, int begin, double[][] inputs, double[] scales) {
    int n = below.length;
    double[] sums = sums(layer - 1, begin, inputs[layer - 1]);
    double mean = 0;
    for (double sum : sums) {
      mean += sum / n;
    }
    double[] standard = new double[n];
    double[] passed = new double[n];
    double meanPassed = 0;
    double meanProduct = 0;
    for (int i = 0; i < n; i++) {
      standard[i] = normalised ? (sums[i] - mean) * scales[layer] : sums[i];
      passed[i] = standard[i] > 0 ? below[i] : 0;
      meanPassed += passed[i] / n;
      meanProduct += passed[i] * standard[i] / n;
    }
    if (normalised) {
      for (int i = 0; i < n; i++) {
        passed[i] = scales[layer] * (passed[i] - meanPassed - standard[i] * meanProduct);
      }
    }
    return passed;
  }

  private double forward(double[] input, double[][] inputs, double[] scales) {
    if (input.length != widths[0]) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d inputs, should be %d", input.length, widths[0]));
    }
    double[] activations = input;
    int end = 0;
    for (int layer = 0; layer < widths.length; layer++) {
      inputs[layer] = activations;
      end += (widths[layer] + 1) * outputs(layer);
      double[] sums = sums(layer, end, activations);
      if (layer + 1 == widths.length) {
        return sums[0];
      }
      activations = activated(sums, scales, layer + 1);
    }
    throw new AssertionError("no layer");
  }

  /** Σ w x + b of a layer whose parameters end at {@code end}. */
  private double[] sums(int layer, int end, double[] activations) {
    int in = widths[layer];
    int out = outputs(layer);
    int begin = end - (in + 1) * out;
    double[] sums = new double[out];
    for (int o = 0; o < out; o++) {
      sums[o] = parameters[begin + out * in + o];
      for (int i = 0; i < in; i++) {
        sums[o] += parameters[begin + o * in + i] * activations[i];
      }
    }
    return sums;
  }

  private double[] activated(double[] sums, double[] scales, int layer) {
    int n = sums.length;
    double mean = 0;
    double variance = 0;
    for (double sum : sums) {
      mean += sum / n;
    }
    for (double sum : sums) {
      variance += (sum - mean) * (sum - mean) / n;
    }
    scales[layer] = 1 / Math.sqrt(variance + NORMALISATION_EPSILON);
    double[] activations = new double[n];
    for (int i = 0; i < n; i++) {
      double standard = normalised ? (sums[i] - mean) * scales[layer] : sums[i];
      activations[i] = Math.max(standard, 0);
    }
    return activations;
  }
}
