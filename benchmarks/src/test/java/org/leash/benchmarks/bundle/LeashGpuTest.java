package org.leash.benchmarks.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every branch of {@code leash-gpu}, with fakes of the programs that it runs. A fake appends its
 * arguments to a file of calls, and fails with the code in the file {@code fail-NAME}, if there is
 * one; NAME is the step. Time limits are not waited for: the fake of {@code timeout} ignores them.
 */
final class LeashGpuTest {
  private static final Path SCRIPT = Path.of("bundle/bin/leash-gpu");

  private static final String COMMON =
      """
      #!/bin/sh
      call() { echo "$*" >> "$HOME/calls"; }
      fail() { [ ! -f "$HOME/fail-$1" ] || exit "$(cat "$HOME/fail-$1")"; }
      """;

  @TempDir Path home;
  private Path out;

  @BeforeEach
  void install() throws IOException {
    out = home.resolve("out");
    Path bin = Files.createDirectories(home.resolve("bundle/bin"));
    Path fakes = Files.createDirectories(home.resolve("fakes"));
    Files.copy(SCRIPT, bin.resolve("leash-gpu"));
    script(
        bin.resolve("leash"),
        """
        call leash "$@"
        case "$*" in
          *--shapes*) fail "$LEASH_FAKE_TOOL" ;;
          doctor*) fail doctor ;;
          *--variants*) fail verify ;;
          *) if [ -f "$HOME/chatty" ]; then head -c 17000000 /dev/urandom; fi; fail all ;;
        esac
        """);
    script(
        bin.resolve("leash-bench"),
        """
        call leash-bench "$1" "$(basename "$(echo "$*" | sed 's/.*--out //; s/ --resume//')")" "$(echo "$*" | grep -o -- --resume)"
        case "$1" in
          run | tune) folder=$(echo "$*" | sed 's/.*--out //; s/ --resume//'); mkdir -p "$folder"
               echo sample >> "$folder/samples.csv"; fail "$(basename "$folder")" ;;
          export) fail export; for a; do folder=$a; done; mkdir -p "$folder"; head -c 20000000 /dev/urandom > "$folder/tensors" ;;
          derive) echo result > "$2/results.csv" ;;
        esac
        exit 0
        """);
    script(
        fakes.resolve("python3"),
        """
        case "$1" in
          -c) fail torch; exit 0 ;;
        esac
        call peers.py "$(echo "$*" | grep -o -- --resume)"
        folder=$(echo "$*" | sed 's/.*--out //; s/ --resume//'); mkdir -p "$folder"
        echo sample >> "$folder/samples.csv"
        fail peers
        exit 0
        """);
    script(
        fakes.resolve("compute-sanitizer"),
        """
        call compute-sanitizer "$2"
        fail sanitizer
        export LEASH_FAKE_TOOL=$2
        shift 6
        exec "$@"
        """);
    script(fakes.resolve("nvidia-smi"), "echo a GPU\n");
    script(fakes.resolve("timeout"), "echo \"$*\" >> \"$HOME/limits\"\nshift 2\nexec \"$@\"\n");
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, COMMON + text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private int run(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("sh", home.resolve("bundle/bin/leash-gpu").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("HOME", home.toString());
    builder.environment().put("TMPDIR", Files.createDirectories(home.resolve("tmp")).toString());
    builder.environment().put("PATH", home.resolve("fakes") + ":" + System.getenv("PATH"));
    Files.deleteIfExists(home.resolve("calls"));
    Process process = builder.start();
    process.getInputStream().transferTo(System.out);
    return process.waitFor();
  }

  private void fail(String step, int code) throws IOException {
    Files.writeString(home.resolve("fail-" + step), Integer.toString(code));
  }

  private void mend(String step) throws IOException {
    Files.delete(home.resolve("fail-" + step));
  }

  private List<String> calls() throws IOException {
    Path calls = home.resolve("calls");
    return Files.exists(calls)
        ? Files.readAllLines(calls).stream().map(String::strip).toList()
        : List.of();
  }

  private String summary() throws IOException {
    return Files.readString(out.resolve("summary.txt"));
  }

  private List<String> archived() throws IOException, InterruptedException {
    assertThat(out.resolve("results.tar.gz")).exists();
    assertThat(Files.size(out.resolve("results.tar.gz"))).isLessThanOrEqualTo(16L << 20);
    Process tar =
        new ProcessBuilder("tar", "-tzf", out.resolve("results.tar.gz").toString()).start();
    String names = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(tar.waitFor()).isZero();
    return names.lines().toList();
  }

  @Test
  void runsTheMostValuableStepsFirst() throws Exception {
    assertThat(run(out.toString(), "9")).isZero();
    assertThat(calls())
        .containsExactly(
            "leash doctor --device cuda:0",
            "leash verify --device cuda:0 --variants native-auto,native-resident,native-two_read",
            "leash-bench run table",
            "leash-bench tune tune",
            "leash-bench export " + exportFolder(),
            "peers.py",
            "leash-bench derive peers",
            "compute-sanitizer memcheck",
            "leash doctor --device cuda:0",
            "compute-sanitizer memcheck",
            "leash verify --device cuda:0 --shapes small --variants native-*",
            "compute-sanitizer racecheck",
            "leash verify --device cuda:0 --shapes small --variants native-*",
            "leash verify --device cuda:0",
            "leash-bench run suite");
    assertThat(archived())
        .contains("./summary.txt", "./table/samples.csv", "./peers/results.csv", "./nvidia-smi.txt")
        .noneMatch(name -> name.contains("tensors"));
    assertThat(home.resolve("tmp")).isEmptyDirectory();

    assertThat(run(out.toString(), "9")).isZero();
    assertThat(calls()).isEmpty();
    assertThat(summary())
        .contains("table: done before", "peers: done before", "suite: done before");
  }

  @Test
  void tuneEndsBeforeItsLimit() throws Exception {
    for (String minutes : List.of("2", "9", "25")) {
      Files.deleteIfExists(home.resolve("limits"));
      assertThat(run(home.resolve("out-" + minutes).toString(), minutes)).isZero();
      assertThat(Files.readAllLines(home.resolve("limits")))
          .filteredOn(line -> line.contains("leash-bench tune"))
          .singleElement()
          .satisfies(
              line -> {
                int limit = Integer.parseInt(line.split(" ", -1)[1]);
                int wanted = Integer.parseInt(line.replaceAll(".*--minutes (\\d+) .*", "$1"));
                assertThat(wanted).isPositive();
                assertThat(limit).isGreaterThanOrEqualTo(60 * wanted + 20);
              });
    }
  }

  private String exportFolder() throws IOException {
    return calls().stream()
        .filter(call -> call.startsWith("leash-bench export"))
        .map(call -> call.substring("leash-bench export ".length()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void stopsWithoutGpu() throws Exception {
    fail("doctor", 1);
    assertThat(run(out.toString(), "9")).isEqualTo(1);
    assertThat(calls()).hasSize(1);
    assertThat(summary()).contains("doctor: exit code 1");
  }

  @Test
  void continuesInterruptedMeasurements() throws Exception {
    fail("table", 124);
    fail("tune", 137);
    fail("peers", 124);
    assertThat(run(out.toString(), "9")).isEqualTo(1);
    assertThat(out.resolve("table/results.csv")).exists();
    assertThat(out.resolve("tune/results.csv")).exists();
    assertThat(out.resolve("peers/results.csv")).exists();
    assertThat(archived()).contains("./table/results.csv");
    mend("table");
    mend("tune");
    mend("peers");
    assertThat(run(out.toString(), "9")).isZero();
    assertThat(calls())
        .contains(
            "leash-bench run table --resume",
            "leash-bench tune tune --resume",
            "peers.py --resume");
    assertThat(calls()).noneMatch(call -> call.startsWith("leash verify"));
  }

  @Test
  void doesNotRepeatCheckThatTookTooLong() throws Exception {
    fail("verify", 124);
    fail("racecheck", 137);
    assertThat(run(out.toString(), "25")).isEqualTo(1);
    assertThat(run(out.toString(), "25")).isEqualTo(1);
    assertThat(calls()).isEmpty();
    assertThat(summary())
        .contains("verify: took more than 150 s before", "racecheck: took more than 300 s before");
  }

  @Test
  void repeatsFailedCheck() throws Exception {
    fail("verify", 1);
    assertThat(run(out.toString(), "25")).isEqualTo(1);
    mend("verify");
    assertThat(run(out.toString(), "25")).isZero();
    assertThat(calls()).hasSize(1).first().asString().startsWith("leash verify");
  }

  @Test
  void skipsWhatTheMachineLacks() throws Exception {
    fail("torch", 1);
    fail("sanitizer", 1);
    assertThat(run(out.toString(), "9")).isZero();
    assertThat(summary())
        .contains("peers: skipped, python3 has no PyTorch", "compute-sanitizer does not work here");
    assertThat(calls()).containsOnlyOnce("compute-sanitizer memcheck").doesNotContain("peers.py");
    assertThat(run(out.toString(), "9")).isZero();
    assertThat(calls()).isEmpty();
  }

  @Test
  void skipsStepsThatDoNotFit() throws Exception {
    assertThat(run(out.toString(), "1")).isZero();
    assertThat(summary()).contains("all: skipped, ", "suite: skipped, ");
    assertThat(calls()).doesNotContain("leash verify --device cuda:0", "leash-bench run suite");
  }

  @Test
  void archiveLeavesOutLargeLogs() throws Exception {
    Files.createFile(home.resolve("chatty"));
    assertThat(run(out.toString(), "9")).isZero();
    assertThat(archived())
        .contains("./summary.txt", "./table/samples.csv")
        .noneMatch(name -> name.endsWith(".log"));
    assertThat(summary()).contains("results.tar.gz: more than 16 MiB");
  }

  @Test
  void rejectsBadArguments() throws Exception {
    assertThat(run()).isEqualTo(64);
    assertThat(run("--help")).isZero();
    assertThat(run("--fast")).isEqualTo(64);
    assertThat(run(out.toString(), "0")).isEqualTo(64);
    assertThat(out).doesNotExist();
  }
}
