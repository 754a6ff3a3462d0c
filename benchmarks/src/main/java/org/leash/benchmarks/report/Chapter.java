package org.leash.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.leash.benchmarks.compare.Contestant;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.gate.GateFinding;

/**
 * What a report is about: a comparison, what a gate found in it, and a number for each variant,
 * which gives it its colour throughout.
 */
final class Chapter {
  /** As many colours and shapes as can be told apart. */
  static final int SERIES = 8;

  private final Question question;
  private final List<GateFinding> findings;
  private final List<String> variants;

  Chapter(Question question, List<GateFinding> findings) {
    this.question = question;
    this.findings = findings;
    Set<String> names = new LinkedHashSet<>();
    question.contestants().stream()
        .filter(each -> !isDispatch(each.key()))
        .sorted(
            Comparator.comparing((Contestant each) -> each.key().get("role"))
                .thenComparing(each -> each.key().get("variant")))
        .forEach(each -> names.add(each.key().get("variant")));
    variants = List.copyOf(names);
  }

  static boolean isDispatch(Key key) {
    return key.get("op").equals("dispatch");
  }

  Question question() {
    return question;
  }

  List<GateFinding> findings() {
    return findings;
  }

  /** Variants in the order of their numbers. */
  List<String> variants() {
    return variants;
  }

  int series(String variant) {
    return Math.floorMod(variants.indexOf(variant), SERIES);
  }

  /** Those of the candidate's run that have a shape. */
  List<Contestant> kernels() {
    return question.contestants().stream().filter(each -> !isDispatch(each.key())).toList();
  }

  /** The params of a key, in words. */
  static String setting(Key key) {
    return key.get("params")
        .replace(";", " · ")
        .replaceAll("threads=1$", "1 thread")
        .replaceAll("threads=(\\d+)", "$1 threads");
  }

  /** A case in words, without its operation, such as {@code f32 · 256×32768 · 1 thread}. */
  static String about(Key key) {
    return Stream.of(key.get("dtype_in"), key.shape(), setting(key))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" · "));
  }

  /** Groups in the order in which they are met. */
  static <T, K> Map<K, List<T>> group(List<T> elements, Function<T, K> by) {
    Map<K, List<T>> groups = new LinkedHashMap<>();
    elements.forEach(
        each -> groups.computeIfAbsent(by.apply(each), key -> new ArrayList<>()).add(each));
    return groups;
  }

  /** The values of some columns, as a key of groups. */
  static List<String> values(Key key, List<String> columns) {
    return columns.stream().map(key::get).toList();
  }
}
