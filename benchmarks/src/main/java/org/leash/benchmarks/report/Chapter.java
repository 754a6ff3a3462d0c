package org.leash.benchmarks.report;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.RecordedContender;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.gate.GateFinding;
import org.leash.report.Element;
import org.leash.report.Page;

/** Subject of a report: a comparison, a gate's findings, and a colour number for each variant. */
final class Chapter {
  /** Number of distinguishable colours and shapes. */
  static final int SERIES = 8;

  private final Question question;
  private final List<GateFinding> findings;
  private final List<String> variants;

  Chapter(Question question, List<GateFinding> findings) {
    this.question = question;
    this.findings = findings;
    Set<String> names = new LinkedHashSet<>();
    question.contenders().stream()
        .filter(each -> !isDispatch(each.key()))
        .sorted(
            Comparator.comparing((RecordedContender each) -> each.key().get("role"))
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

  /** Contenders of the candidate's run in kernel cases. */
  List<RecordedContender> kernels() {
    return question.contenders().stream().filter(each -> !isDispatch(each.key())).toList();
  }

  /** Panels with a legend of the variants; nothing without panels. */
  List<Element> withLegend(List<Element> panels) {
    return panels.isEmpty() ? List.of() : List.of(Page.legend(variants), Page.panels(panels));
  }

  /** The params of a key, for readers. */
  static String setting(Key key) {
    return key.get("params")
        .replace(";", " · ")
        .replaceAll("threads=1$", "1 thread")
        .replaceAll("threads=(\\d+)", "$1 threads");
  }

  /** A case without its operation, for readers, such as {@code f32 · 256×32768 · 1 thread}. */
  static String about(Key key) {
    return Stream.of(key.get("dtype_in"), key.shape(), setting(key))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" · "));
  }

  /** Groups in the order of their first elements. */
  static <T, K> Map<K, List<T>> group(List<T> elements, Function<T, K> by) {
    return elements.stream()
        .collect(Collectors.groupingBy(by, LinkedHashMap::new, Collectors.toList()));
  }

  /** The values of some columns, to group by. */
  static List<String> values(Key key, List<String> columns) {
    return columns.stream().map(key::get).toList();
  }
}
