package org.leash.benchmarks.record;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.codec.digest.DigestUtils;
import org.leash.benchmarks.csv.Row;

/** The facts of env.csv: the machine, the software, the plan. */
public final class Environment {

  /** Subject of a fact, which determines where a difference matters. */
  public enum Scope {
    /** Machine and platform; times of different ones cannot be compared. */
    PLATFORM(
        Set.of("os", "memory"),
        List.of("cpu.", "gpu.", "driver.", "cuda.", "jvm.", "peer.", "os.")),
    /** Code under test. Comparisons are about it; a run cannot be resumed with a different one. */
    SUBJECT(Set.of(), List.of("git.", "native.", "suite.", "nvcc.", "cubin.")),
    /** What is measured and how long; a run cannot be resumed with a different one. */
    PLAN(Set.of(), List.of("plan.")),
    /** Time, load and the like, which always differ. */
    MOMENT(Set.of(), List.of(""));

    private final Set<String> keys;
    private final List<String> prefixes;

    Scope(Set<String> keys, List<String> prefixes) {
      this.keys = keys;
      this.prefixes = prefixes;
    }

    /** The scope of a fact. */
    public static Scope of(String key) {
      for (Scope scope : values()) {
        if (scope.keys.contains(key) || scope.prefixes.stream().anyMatch(key::startsWith)) {
          return scope;
        }
      }
      return MOMENT;
    }
  }

  /** A value with its unit, or "". */
  public record Fact(String value, String unit) {}

  /** A fact that differs; "" for a side that lacks it. */
  public record Difference(String key, String here, String there) {
    /** Whether one side lacks the fact, which is no contradiction. */
    public boolean isAbsence() {
      return here.isEmpty() || there.isEmpty();
    }

    @Override
    public String toString() {
      return "%s: %s here, %s there".formatted(key, shown(here), shown(there));
    }

    /** A value for a message. */
    public static String shown(String value) {
      return value.isEmpty() ? "absent" : "'" + value + "'";
    }
  }

  private final Map<String, Fact> facts;

  private Environment(Map<String, Fact> facts) {
    this.facts = Collections.unmodifiableMap(facts);
  }

  /** The facts of rows of env.csv; the last one of repeated keys. */
  public static Environment of(Collection<Row> rows) {
    Map<String, Fact> facts = new LinkedHashMap<>();
    rows.forEach(row -> facts.put(row.get("key"), new Fact(row.get("value"), row.get("unit"))));
    return new Environment(facts);
  }

  /** Facts that are in memory. */
  public static Environment of(Map<String, Fact> facts) {
    return new Environment(new LinkedHashMap<>(facts));
  }

  /** All facts, in the order of the file. */
  public Map<String, Fact> facts() {
    return facts;
  }

  public Optional<String> get(String key) {
    return Optional.ofNullable(facts.get(key)).map(Fact::value);
  }

  /** The values of some scopes, by key. */
  public Map<String, String> values(Scope first, Scope... others) {
    Set<Scope> wanted = EnumSet.of(first, others);
    Map<String, String> values = new TreeMap<>();
    facts.forEach(
        (key, fact) -> {
          if (wanted.contains(Scope.of(key))) {
            values.put(key, fact.value());
          }
        });
    return values;
  }

  /** The first 12 hexadecimal digits of the SHA-256 of the platform's facts. */
  public String fingerprint() {
    StringBuilder canonical = new StringBuilder();
    values(Scope.PLATFORM)
        .forEach((key, value) -> canonical.append(key).append('=').append(value).append('\n'));
    return DigestUtils.sha256Hex(canonical.toString()).substring(0, 12);
  }

  /** The facts of some scopes that differ, by key. */
  public List<Difference> differences(Environment other, Scope first, Scope... others) {
    Map<String, String> here = values(first, others);
    Map<String, String> there = other.values(first, others);
    Set<String> keys = new TreeSet<>(here.keySet());
    keys.addAll(there.keySet());
    List<Difference> differences = new ArrayList<>();
    for (String key : keys) {
      String mine = here.getOrDefault(key, "");
      String yours = there.getOrDefault(key, "");
      if (!mine.equals(yours)) {
        differences.add(new Difference(key, mine, yours));
      }
    }
    return differences;
  }
}
