package org.leash.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.leash.benchmarks.plan.Suite;
import picocli.CommandLine;

final class ListCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void predictsSpeedTable() {
    assertThat(run("--suite", "gpu", "--predict", "--format", "csv")).isZero();
    String[] lines = out.toString().split("\n");
    assertThat(lines[0]).startsWith("op,variant,dtype,rows,vocab,reads,writes,bytes_read,");
    assertThat(Suite.GPU.cases()).as("operations x dtypes x vocabularies x rows").hasSize(5 * 75);
    assertThat(lines)
        .hasSize(1 + Suite.GPU.cases().stream().mapToInt(each -> each.cudaVariants().size()).sum());
    assertThat(lines)
        .anyMatch(
            line ->
                line.startsWith(
                    "policy_gradient,two_read,bf16,8192,151936,2,1,4978638848,2489319424,2489.319,"));
  }

  @Test
  void acceptsRateAndFilter() {
    assertThat(
            run(
                "--predict",
                "--gbps",
                "1500",
                "--filter",
                "^token_statistics f32 8192x32000 .*resident|^token_statistics f32 8192x32000"
                    + " .*two_read"))
        .isZero();
    assertThat(out.toString()).hasLineCount(3).contains("resident", "two_read", "699.051");
  }

  @Test
  void listsCasesWithVariants() {
    assertThat(run("--suite", "quick", "--filter", "^entropy")).isZero();
    assertThat(out.toString())
        .contains("entropy  f32    256   32768  peaked_h0.4   java-scalar")
        .contains("true");
  }

  @Test
  void explainsWhyGpuSuiteCannotRun() {
    assertThat(
            run("--suite", "gpu", "--filter", "policy_gradient bf16 8192x151936 .*native-resident"))
        .isZero();
    assertThat(out.toString()).hasLineCount(2).contains("native-resident");
  }

  @Test
  void listsEvidenceForAutomaticChoice() {
    String cases = "^(policy_gradient|entropy) bf16 (1|8192)x151936 ";
    assertThat(run("--suite", "gpu", "--filter", cases, "--format", "csv")).isZero();
    assertThat(out.toString().lines().filter(line -> line.contains("unmeasured; ")))
        .extracting(line -> line.replaceAll("unmeasured; .*|\"", ""))
        .containsExactlyInAnyOrder(
            "gpu,entropy,bf16,1,151936,peaked_h0.4,native-resident,in clusters of 16: ",
            "gpu,entropy,bf16,8192,151936,peaked_h0.4,native-two_read,",
            "gpu,policy_gradient,bf16,1,151936,peaked_h0.4,native-resident,in clusters of 16: ",
            "gpu,policy_gradient,bf16,8192,151936,peaked_h0.4,native-resident,");
  }

  @Test
  void listsCandidatesForAutomaticChoice() {
    String cases = "^policy_gradient bf16 4x32000 ";
    assertThat(run("--suite", "tune", "--filter", cases, "--format", "csv")).isZero();
    assertThat(out.toString().lines().skip(1))
        .hasSize(8)
        .filteredOn(line -> line.contains("unmeasured"))
        .singleElement()
        .asString()
        .contains(",native-resident_c16,\"in clusters of 16: unmeasured; blocks for");
  }

  @Test
  void rejectsSuiteWithoutPrediction() {
    assertThat(run("--suite", "quick", "--predict")).isNotZero();
    assertThat(err.toString()).contains("--suite gpu");
    assertThat(run("--predict", "--gbps", "-1")).isNotZero();
    assertThat(err.toString()).contains("--gbps is -1.0");
    assertThat(run("--filter", "no such case")).isNotZero();
    assertThat(err.toString()).contains("'no such case'");
  }

  private int run(String... arguments) {
    CommandLine command =
        LeashBench.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    String[] all = new String[arguments.length + 1];
    all[0] = "list";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return command.execute(all);
  }
}
