package org.leash.benchmarks.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SelfTestTest {
  /** A gate that lets everything pass must not pass the test. */
  @Test
  void detectsGateThatNeverFails() {
    StringWriter said = new StringWriter();

    boolean passed =
        SelfTest.run(new PrintWriter(said, true), 1, arguments -> new SelfTest.Answer(0, "fine"));

    assertThat(passed).isFalse();
    assertThat(said.toString()).contains("FAIL  exit  0  a slowdown of 5 %, not 1: fine");
  }

  /** Such as the share of no runs at all. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nanRateDoesNotPass(boolean atLeast) {
    assertThat(new Rates.Rate("found", Double.NaN, atLeast, 50).isAsItShould()).isFalse();
  }
}
