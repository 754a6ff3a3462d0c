package org.leash.benchmarks.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Samples;
import org.leash.device.DeviceKind;

final class PlanTest {
  private static Plan plan(Suite suite, String filter) {
    return new Plan(suite, List.of(1, 2), Pattern.compile(filter), suite.effort());
  }

  @ParameterizedTest
  @EnumSource
  void listsEachCaseOnceWithSharedInputsAdjacent(Suite suite) {
    List<KernelCase> cases = suite.cases(new int[] {1, 2});

    assertThat(cases).doesNotHaveDuplicates();
    if (suite.device() != DeviceKind.CPU) {
      return; // in the order of what matters most
    }
    int changes = 0;
    HashSet<String> inputs = new HashSet<>();
    for (int i = 0; i < cases.size(); i++) {
      KernelCase each = cases.get(i);
      inputs.add(
          String.format(
              Locale.ROOT,
              "%s %d %d %s",
              each.dtype(),
              each.rows(),
              each.vocab(),
              each.distribution()));
      if (i == 0 || !each.sharesInputs(cases.get(i - 1))) {
        changes++;
      }
    }
    assertThat(changes).isEqualTo(inputs.size());
  }

  @Test
  void filterSelectsCasesAndVariants() {
    Plan plan = plan(Suite.QUICK, "policy_gradient bf16 64x151936 .* 2 threads / native-avx2$");

    long taken = plan.cases().stream().filter(each -> plan.includes(each, "native-avx2")).count();

    assertThat(taken).isEqualTo(1);
    assertThat(plan.cases()).noneMatch(each -> plan.includes(each, "native-avx512"));
  }

  @Test
  void commandMatchesItsOwnCaseOnly() {
    Key key = Samples.key("a", "candidate");
    String command = CaseKey.command(key);
    String filter = command.replaceAll(".*--filter '(.*)'.*", "$1");
    Plan plan = plan(Suite.CPU, filter);
    String text = "token_statistics f32 256x32768 normal_s2.5, 1 thread";

    assertThat(plan.cases())
        .filteredOn(each -> plan.includes(each, "a"))
        .extracting(Object::toString)
        .containsExactly(text);
  }
}
