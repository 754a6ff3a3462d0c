package org.leash.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SampleIdsTest {
  @Test
  void distinguishesSpellingsOfTheSameNumber() {
    SampleIds ids = new SampleIds(SampleIds.sha256());
    List<String> distinct =
        List.of("7", "07", "007", "", "0", "00", "-7", "7.0", "x7", "999999999", "9999999999", "٧");
    for (String id : distinct) {
      assertThat(ids.contains(id)).as(id).isFalse();
      ids.add(id);
    }
    for (String id : distinct) {
      assertThat(ids.contains(id)).as(id).isTrue();
    }
  }

  /** Large numbers first, so that an id may lie in either store when it comes again. */
  @Test
  void agreesWithAHashSet() {
    Random random = new Random(1);
    SampleIds ids = new SampleIds(SampleIds.sha256());
    Set<String> texts = new HashSet<>();
    int twice = 0;
    for (int i = 0; i < 20000; i++) {
      String id = Integer.toString(random.nextInt(i % 3 == 0 ? 1 << 25 : 8000));
      assertThat(ids.contains(id)).isEqualTo(texts.contains(id));
      if (texts.add(id)) {
        ids.add(id);
      } else {
        twice++;
      }
    }
    assertThat(twice).isGreaterThan(1000);
  }

  /** Texts that are no numbers, through every growth of the table. */
  @Test
  void remembersTexts() {
    SampleIds ids = new SampleIds(SampleIds.sha256());
    for (int i = 0; i < 3000; i++) {
      assertThat(ids.contains("sample-" + i)).isFalse();
      ids.add("sample-" + i);
      assertThat(ids.contains("sample-" + i / 2)).isTrue();
    }
  }
}
