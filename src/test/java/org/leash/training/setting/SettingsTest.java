package org.leash.training.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SettingsTest {
  /** A group. */
  public record Numbers(
      @Setting(value = "count", usual = "3", min = 1, max = 9) int count,
      @Setting(value = "rate; nan: none", usual = "nan", above = 0, max = Double.MAX_VALUE)
          OptionalDouble rate,
      @Setting(value = "cap", usual = "infinity", min = 0.5) double cap,
      @Setting(value = "seed", usual = "1", free = true) long seed) {}

  /** Another. */
  public record Words(
      @Setting(value = "name", usual = "a") String name,
      @Setting(value = "way", usual = "preset") Optional<String> way,
      @Setting(value = "whether", usual = "false") boolean flag) {
    /** Contradicts a flag without a name. */
    public Words {
      if (flag && name.isEmpty()) {
        throw new IllegalArgumentException("flag without name");
      }
    }
  }

  /** Both. */
  public record All(@Setting("Numbers") Numbers numbers, @Setting("Words") Words words) {}

  private static final Settings<All> SETTINGS = new Settings<>(All.class);
  private static final All USUAL = SETTINGS.builder().build();

  @Test
  void readsDefaultsFromTheDefinitions() {
    assertThat(USUAL)
        .isEqualTo(
            new All(
                new Numbers(3, OptionalDouble.empty(), Double.POSITIVE_INFINITY, 1),
                new Words("a", Optional.empty(), false)));
  }

  @Test
  void takesTypedValuesAndText() {
    assertThat(SETTINGS.builder().set("rate", 0.5).set("seed", 7).set("flag", true).build())
        .isEqualTo(
            SETTINGS.builder().set("rate", "0.5").set("seed", "7").set("flag", "true").build());
    All changed = SETTINGS.builder(USUAL).set("way", "up").set("rate", 2).build();
    assertThat(changed.words().way()).contains("up");
    assertThat(changed.numbers().rate()).hasValue(2);
    assertThat(SETTINGS.builder(changed).set("way", "preset").set("rate", Double.NaN).build())
        .isEqualTo(USUAL);
  }

  @Test
  void writesFilesThatItReadsBack() {
    Map<String, Object> map = SETTINGS.toMap(USUAL);
    assertThat(map)
        .containsEntry("rate", "NaN")
        .containsEntry("cap", "Infinity")
        .containsEntry("way", "preset")
        .containsEntry("count", 3);
    Settings<All>.Builder builder = SETTINGS.builder();
    map.forEach(builder::set);
    assertThat(builder.build()).isEqualTo(USUAL);
  }

  @ParameterizedTest
  @CsvSource({
    "count, 0, 'count = 0 is out of range: count, in [1, 9]'",
    "count, 10, 'count = 10 is out of range: count, in [1, 9]'",
    "count, 1.5, 'count: ''1.5'' is not an integer'",
    "rate, 0, 'rate = 0.0 is out of range: rate, > 0; nan: none'",
    "rate, infinity, 'rate = Infinity is out of range'",
    "rate, low, 'rate: ''low'' is not a number, nor nan or infinity'",
    "cap, nan, 'cap = NaN is out of range: cap, >= 0.5'",
    "magic, 1, 'there is no setting magic'",
  })
  void rejectsBadValues(String name, String value, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SETTINGS.builder().set(name, value))
        .withMessageContaining(message);
  }

  @Test
  void rejectsValuesOfAnotherType() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SETTINGS.builder().set("count", 3L))
        .withMessage("count = 3 is not of type int");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SETTINGS.builder().set("name", 3))
        .withMessage("name = 3 is not of type String");
    assertThatIllegalArgumentException().isThrownBy(() -> SETTINGS.builder().set("name", null));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SETTINGS.builder().set("rate", true))
        .withMessage("rate = true is not of type OptionalDouble");
  }

  @Test
  void rejectsContradictionsWhenBuilding() {
    Settings<All>.Builder builder = SETTINGS.builder().set("flag", true).set("name", "");
    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessage("flag without name");
    assertThat(builder.set("name", "b").build().words().name()).isEqualTo("b");
  }
}
