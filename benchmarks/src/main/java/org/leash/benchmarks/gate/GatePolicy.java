package org.leash.benchmarks.gate;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Properties;
import org.leash.files.BadFileException;
import org.leash.files.FileFailure;

/**
 * Rules of a gate: a file of Java properties, {@code RULE} for all operations and {@code
 * OPERATION.RULE} for one.
 *
 * <pre>
 * max_regression_pct = 2                       # largest slowdown that passes
 * min_pct_ceiling = 60                         # least share of the measured ceiling, of the best variant
 * max_abs_ms = 5                               # longest time of a launch, of the best variant
 * required_variants = native-avx2, native-avx512
 * max_noise_floor_pct = 3                      # of the run, for all operations
 * policy_gradient.max_regression_pct = 4
 * </pre>
 */
public final class GatePolicy {
  private static final String REGRESSION = "max_regression_pct";
  private static final String CEILING = "min_pct_ceiling";
  private static final String TIME = "max_abs_ms";
  private static final String VARIANTS = "required_variants";
  private static final String FLOOR = "max_noise_floor_pct";
  private static final List<String> RULES = List.of(REGRESSION, CEILING, TIME, VARIANTS, FLOOR);

  /** Default limit of the noise floor. */
  private static final double HIGHEST_FLOOR_PCT = 3;

  private final Map<String, String> rules;

  private GatePolicy(Map<String, String> rules) {
    this.rules = rules;
  }

  /** The default policy: no regression beyond the zone. */
  public static GatePolicy none() {
    return new GatePolicy(Map.of());
  }

  /**
   * Reads a policy.
   *
   * @throws BadFileException a rule is unknown or repeated, or its value is out of range
   * @throws UncheckedIOException the file cannot be read
   */
  public static GatePolicy read(Path file) {
    Map<String, String> rules = new LinkedHashMap<>();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      new Entries(file, rules).load(reader);
    } catch (MalformedInputException | IllegalArgumentException e) {
      throw new BadFileException(file + ": not a file of properties in UTF-8: " + e.getMessage());
    } catch (IOException e) {
      throw FileFailure.reading(file, e);
    }
    return new GatePolicy(rules);
  }

  /** Collects all properties, to detect repeated ones. */
  private static final class Entries extends Properties {
    private static final long serialVersionUID = 1;

    private final transient Path file;
    private final transient Map<String, String> rules;

    Entries(Path file, Map<String, String> rules) {
      this.file = file;
      this.rules = rules;
    }

    @Override
    public synchronized Object put(Object name, Object value) {
      String rule = ((String) name).replaceAll(".*\\.", "");
      if (!RULES.contains(rule)) {
        throw new BadFileException(
            "%s: unknown rule '%s'; rules are %s".formatted(file, rule, String.join(", ", RULES)));
      }
      if (!rule.equals(VARIANTS)) {
        check(name + "", ((String) value).strip());
      }
      if (rules.put((String) name, ((String) value).strip()) != null) {
        throw new BadFileException("%s: %s is repeated".formatted(file, name));
      }
      return super.put(name, value);
    }

    private void check(String name, String value) {
      try {
        double number = Double.parseDouble(value);
        if (number >= 0 && number < Double.POSITIVE_INFINITY) {
          return;
        }
      } catch (NumberFormatException e) {
        // The same fault as a number out of range.
      }
      throw new BadFileException(
          "%s: %s is '%s'; it must be a number of at least 0".formatted(file, name, value));
    }
  }

  private Optional<String> rule(String operation, String rule) {
    return Optional.ofNullable(rules.getOrDefault(operation + "." + rule, rules.get(rule)));
  }

  private OptionalDouble number(String operation, String rule) {
    return rule(operation, rule)
        .map(value -> OptionalDouble.of(Double.parseDouble(value)))
        .orElse(OptionalDouble.empty());
  }

  /** Largest slowdown in percent; empty for the zone of equivalence. */
  OptionalDouble maxRegressionPct(String operation) {
    return number(operation, REGRESSION);
  }

  OptionalDouble minPctCeiling(String operation) {
    return number(operation, CEILING);
  }

  OptionalDouble maxAbsMs(String operation) {
    return number(operation, TIME);
  }

  List<String> requiredVariants(String operation) {
    return rule(operation, VARIANTS)
        .map(value -> Arrays.stream(value.split(",")).map(String::strip).toList())
        .orElse(List.of());
  }

  double maxNoiseFloorPct() {
    return number("", FLOOR).orElse(HIGHEST_FLOOR_PCT);
  }
}
