package org.leash.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.UnavailableException;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.device.Matrix;
import org.leash.kernel.Catalogue;

/**
 * The search for the library, and the messages if it cannot be loaded; each case in a separate JVM.
 */
final class LeashLibraryTest {
  @TempDir private Path folder;

  /** Run by the forked JVMs: prints the state of the library. */
  static final class Report {
    private Report() {}

    public static void main(String[] arguments) {
      System.out.println("reason: " + LeashLibrary.unavailable());
      try (Device device = Device.cpu(2);
          Matrix matrix = device.matrix(2, 3, DType.F32)) {
        matrix.set(1, 2, 5f);
        System.out.println("native: " + device.properties().nativeLibrary());
        System.out.println("element: " + matrix.get(1, 2) + " " + matrix.get(0, 0));
        System.out.println(Catalogue.of(device).describe());
      }
      try (Device device = Device.open(DeviceKind.CUDA, 0)) {
        System.out.println("cuda: " + device.properties());
      } catch (UnavailableException e) {
        System.out.println("cuda: " + e.getMessage());
      }
    }
  }

  private static String fork(Map<String, String> environment, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path")));
    command.addAll(List.of(options));
    command.add(Report.class.getName());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("LEASH_LIBRARY");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void reportsPropertyWithoutFile() throws Exception {
    String output = fork(Map.of(), "-Dleash.library=/nowhere/libleash.so");
    assertThat(output)
        .contains(
            "reason: native library /nowhere/libleash.so (system property leash.library) not"
                + " loaded: no such file; correct or remove the system property leash.library")
        .contains("native: false")
        .contains("element: 5.0 0.0")
        .contains("no: native library /nowhere/libleash.so")
        .contains("cuda: CUDA device 0 is not available: native library /nowhere/libleash.so");
  }

  @Test
  void reportsEnvironmentVariableWithoutFile() throws Exception {
    assertThat(fork(Map.of("LEASH_LIBRARY", "/nowhere/libleash.so")))
        .contains("native library /nowhere/libleash.so (environment variable LEASH_LIBRARY)");
  }

  @Test
  void propertyTakesPrecedenceOverEnvironmentVariable() throws Exception {
    assertThat(fork(Map.of("LEASH_LIBRARY", "/nowhere/a.so"), "-Dleash.library=/nowhere/b.so"))
        .contains("/nowhere/b.so (system property")
        .doesNotContain("a.so");
  }

  @Test
  void reportsFileThatIsNotALibrary() throws Exception {
    Path file = Files.writeString(folder.resolve("libleash.so"), "not a library");
    assertThat(fork(Map.of(), "-Dleash.library=" + file))
        .contains("reason: native library " + file)
        .containsPattern("file too short|invalid ELF header")
        .contains("native: false");
  }

  @Test
  void reportsForeignLibrary() throws Exception {
    Path other = Path.of(System.getProperty("java.home"), "lib", "libjsig.so");
    assertThat(fork(Map.of(), "-Dleash.library=" + other))
        .contains("not a leash library: no leash_abi_version")
        .contains("native: false");
  }

  @Test
  void reportsDeniedNativeAccess() throws Exception {
    needPackedLibrary();
    assertThat(fork(Map.of(), "--illegal-native-access=deny"))
        .contains("native: false")
        .contains("--enable-native-access=ALL-UNNAMED");
  }

  @Test
  void loadingFromClassPathLeavesNoFiles() throws Exception {
    needPackedLibrary();
    assertThat(fork(Map.of(), "-Djava.io.tmpdir=" + folder))
        .contains("reason: " + System.lineSeparator())
        .contains("native: true");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void reportsMissingTemporaryFolder() throws Exception {
    needPackedLibrary();
    assertThat(fork(Map.of(), "-Djava.io.tmpdir=" + folder.resolve("missing")))
        .contains("cannot be unpacked")
        .contains("set -Djava.io.tmpdir to a writable folder")
        .contains("native: false");
  }

  private static void needPackedLibrary() {
    assumeTrue(
        LeashLibrary.class.getResource("linux-x86_64/libleash.so") != null,
        "no libleash.so on the class path");
  }
}
