package org.leash.training;

import org.leash.reference.PolicyLoss;

/** How rewards become advantages and weights of tokens, and the loss that takes them. */
public record Algorithm(
    String name,
    Advantages advantage,
    Weights aggregation,
    PolicyLoss loss,
    boolean dynamicSampling) {

  public interface Advantages {
    double[] of(double[] rewards, int group);
  }

  public interface Weights {
    double[] of(int[] lengths);
  }

  public static Algorithm named(String name) {
    return switch (name) {
      case "grpo" ->
          new Algorithm(
              name,
              (r, g) -> grpo(r, g, true),
              Algorithm::tokenMean,
              PolicyLoss.ppoClip(0.2, 0.2),
              false);
      case "dr_grpo" ->
          new Algorithm(
              name,
              (r, g) -> grpo(r, g, false),
              Algorithm::tokenMean,
              PolicyLoss.ppoClip(0.2, 0.2),
              false);
      case "dapo" ->
          new Algorithm(
              name,
              (r, g) -> grpo(r, g, true),
              Algorithm::tokenMean,
              PolicyLoss.ppoClip(0.2, 0.28),
              true);
      default -> throw new IllegalArgumentException("there is no algorithm " + name);
    };
  }

  public static java.util.List<String> names() {
    return java.util.List.of("grpo", "dr_grpo", "dapo");
  }

  private static double[] grpo(double[] r, int g, boolean std) {
    double[] a = new double[r.length];
    for (int s = 0; s < r.length; s += g) {
      double m = 0;
      for (int i = s; i < s + g; i++) m += r[i] / g;
      double v = 0;
      for (int i = s; i < s + g; i++) v += (r[i] - m) * (r[i] - m) / (g - 1);
      for (int i = s; i < s + g; i++) a[i] = (r[i] - m) / (std ? Math.sqrt(v) + 1e-6 : 1);
    }
    return a;
  }

  private static double[] tokenMean(int[] lengths) {
    double n = java.util.Arrays.stream(lengths).sum();
    double[] w = new double[(int) n];
    java.util.Arrays.fill(w, 1 / n);
    return w;
  }
}
