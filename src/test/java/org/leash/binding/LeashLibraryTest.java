package org.leash.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.UnavailableException;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.device.Matrix;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Kernel;
import org.leash.operation.LogSoftmax;
import org.leash.operation.Operation;

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
    return fork(Report.class, environment, List.of(options), List.of());
  }

  private static String fork(
      Class<?> main, Map<String, String> environment, List<String> options, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = command(main, options);
    command.addAll(arguments);
    return output(command, environment);
  }

  private static List<String> command(Class<?> main, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xlog:disable",
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path")));
    command.addAll(options);
    command.add(main.getName());
    return command;
  }

  private static String output(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
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

  /** The dynamic loader would map them, and the JVM die of SIGBUS. */
  @Test
  void refusesTruncatedLibraries() throws Exception {
    Path library = packedLibrary();
    List<String> names = new ArrayList<>();
    for (long bytes : new long[] {1000, 100_000, Files.size(library) / 2}) {
      Path part = Files.copy(library, folder.resolve("part-" + bytes));
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        channel.truncate(bytes);
      }
      names.add(part.toString());
    }
    String output = fork(Isolated.class, Map.of(), List.of(), names);
    assertThat(output.lines().filter(line -> line.contains("cut off or damaged"))).hasSize(3);
  }

  @Test
  void namesWhatIsNoLibrary() throws Exception {
    Path empty = Files.createFile(folder.resolve("empty.so"));
    Path text = Files.writeString(folder.resolve("text.so"), "not a library".repeat(100));
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path other = Path.of(System.getProperty("java.home"), "lib", "libjsig.so");
    String remedy = "; correct or remove the system property leash.library";
    assertThat(named(folder)).endsWith(" not loaded: a folder" + remedy);
    assertThat(named(pipe)).endsWith(" not loaded: not a regular file" + remedy);
    assertThat(named(Path.of("/dev/zero"))).endsWith(": not a regular file" + remedy);
    assertThat(named(empty)).startsWith("native library " + empty).contains("the file is empty");
    assertThat(named(text)).contains("not a shared library: it does not begin as an ELF file");
    assertThat(named(other)).contains("not a leash library: no leash_abi_version");
  }

  @Test
  void namesThePlatform() throws Exception {
    assertThat(Isolated.unavailable(Map.of("os.name", "Mac OS X", "os.arch", "aarch64")))
        .isEqualTo(
            "native variants are for Linux on x86-64 and aarch64;"
                + " this is Mac OS X on aarch64: use the Java variants");
    assertThat(Isolated.unavailable(Map.of("os.name", "Linux", "os.arch", "riscv64")))
        .contains("this is Linux on riscv64");
    Platform other = thisPlatform() == Platform.X86_64 ? Platform.AARCH64 : Platform.X86_64;
    String architecture = other == Platform.X86_64 ? "amd64" : "arm64";
    String library = packedLibrary().toString();
    assertThat(Isolated.unavailable(Map.of("os.arch", architecture, "leash.library", library)))
        .contains("built for " + thisPlatform() + ", but this is " + other);
    if (LeashLibrary.class.getResource(other.folder() + "libleash.so") == null) {
      assertThat(Isolated.unavailable(Map.of("os.arch", architecture)))
          .contains("the jar leash-native was built without a compiler for " + other);
    }
  }

  @Test
  void everyClassLoaderHasItsOwnLibrary() throws Exception {
    String library = packedLibrary().toString();
    for (String named : List.of("", library)) {
      assertThat(Isolated.unavailable(Map.of("leash.library", named))).isEmpty();
      assertThat(Isolated.unavailable(Map.of("leash.library", named))).isEmpty();
    }
    // Two copies at work side by side.
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<Object>> results =
          threads.invokeAll(
              Collections.nCopies(
                  2, () -> Isolated.call(Map.of("leash.library", library), LogSoftmaxes.class)));
      assertThat(results.get(0).get()).isEqualTo(LogSoftmaxes.run());
      assertThat(results.get(1).get()).isEqualTo(LogSoftmaxes.run());
    }
  }

  /** Repeats a native call; the outcome is a hash of the results. */
  static final class LogSoftmaxes {
    private LogSoftmaxes() {}

    public static Object run() {
      try (Device device = Device.cpu(2);
          Matrix logits = device.matrix(64, 999, DType.F32);
          Matrix logprobs = device.matrix(64, 999, DType.F32)) {
        SplittableRandom random = new SplittableRandom(1);
        for (int row = 0; row < 64; row++) {
          for (int column = 0; column < 999; column++) {
            logits.set(row, column, (float) random.nextDouble());
          }
        }
        Kernel<LogSoftmax> kernel =
            Catalogue.of(device).kernel(Operation.LOG_SOFTMAX, "native-portable");
        int hash = 0;
        for (int i = 0; i < 50; i++) {
          kernel.run(LogSoftmax.of(logits).logprobs(logprobs));
          hash = 31 * hash + Float.floatToIntBits(logprobs.get(i, i));
        }
        return hash;
      }
    }
  }

  /** Absolute names alone are loaded. */
  @Test
  void unpacksToARelativeFolder() throws Exception {
    needPackedLibrary();
    Path relative = Path.of("").toAbsolutePath().relativize(folder.toAbsolutePath());
    assertThat(fork(Map.of(), "-Djava.io.tmpdir=" + relative)).contains("native: true");
  }

  /** What cannot be unpacked cannot be loaded, but a file can be loaded where it is. */
  @Test
  void doesWithoutATemporaryFolderIfNamed() throws Exception {
    String missing = folder.resolve("missing").toString();
    String library = packedLibrary().toString();
    assertThat(Isolated.unavailable(Map.of("java.io.tmpdir", missing)))
        .startsWith("native library " + missing + " (class path) not loaded: cannot be unpacked")
        .endsWith("set -Djava.io.tmpdir to a writable folder");
    assertThat(Isolated.unavailable(Map.of("java.io.tmpdir", missing, "leash.library", library)))
        .isEmpty();
  }

  @Test
  void identifiesTheLoadedBytes() throws Exception {
    Path library = packedLibrary();
    String output =
        fork(Overwriting.class, Map.of(), List.of("-Dleash.library=" + library), List.of());
    assertThat(output)
        .contains("same: true")
        .contains("native library " + library + " has changed since it was loaded");
  }

  /** Loads a library, overwrites its file, and calls the library. */
  static final class Overwriting {
    private Overwriting() {}

    public static void main(String[] arguments) throws IOException {
      Path file = Path.of(System.getProperty("leash.library"));
      String hash = LeashLibrary.sha256().orElseThrow();
      byte[] content = LeashLibrary.content().readAllBytes();
      System.out.println("same: " + Arrays.equals(content, Files.readAllBytes(file)));
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(0);
      }
      try (Device device = Device.cpu(2)) {
        System.out.println(device.properties());
      }
      try {
        LeashLibrary.content().close();
      } catch (IOException e) {
        System.out.println(e.getMessage() + hash);
      }
    }
  }

  /**
   * Names of bytes that the locale cannot decode; built by the shell, whatever this JVM's locale.
   */
  @Test
  void reportsPathsOutsideTheLocale() throws Exception {
    needPackedLibrary();
    String name = "$(printf '/tmp/gr\\303\\266\\303\\237e')";
    String remedy = "cannot be encoded in this locale's ANSI_X3.4-1968; set LC_ALL=C.UTF-8";
    assertThat(shell("-Djava.io.tmpdir=" + name)).contains(remedy).contains("native: false");
    assertThat(shell("-Dleash.library=" + name)).contains(remedy).contains("native: false");
    String enter = "d=" + folder + "/gr$(printf '\\303\\266')e; mkdir \"$d\"; cd \"$d\"; ";
    assertThat(output(shellCommand(enter, "-Dleash.library=x.so"), Map.of("LC_ALL", "C")))
        .contains("the path \"" + folder + "/gr")
        .contains(remedy);
  }

  private static String shell(String option) throws IOException, InterruptedException {
    return output(shellCommand("", option), Map.of("LC_ALL", "C"));
  }

  private static List<String> shellCommand(String before, String option) {
    List<String> command = command(Report.class, List.of("OPTION"));
    String line =
        command.stream()
            .map(word -> word.equals("OPTION") ? option : "'" + word + "'")
            .collect(Collectors.joining(" "));
    return List.of("sh", "-c", before + "exec " + line);
  }

  /** Loads the library in class loaders of their own; run by a forked JVM, for each argument. */
  static final class Isolated {
    private Isolated() {}

    public static void main(String[] names) throws Exception {
      for (String name : names) {
        System.out.println(unavailable(Map.of("leash.library", name)));
      }
    }

    static String unavailable(Map<String, String> properties) throws Exception {
      return (String) call(properties, Reason.class);
    }

    /** Calls {@code run} of a class under some system properties; "" stands for none. */
    static Object call(Map<String, String> properties, Class<?> called) throws Exception {
      List<URL> path = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        path.add(Path.of(entry).toUri().toURL());
      }
      try (URLClassLoader loader =
          new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
        load(loader, properties);
        Method run = loader.loadClass(called.getName()).getMethod("run");
        run.setAccessible(true);
        return run.invoke(null);
      }
    }

    private static synchronized void load(ClassLoader loader, Map<String, String> properties)
        throws ClassNotFoundException {
      Properties before = (Properties) System.getProperties().clone();
      try {
        System.clearProperty("leash.library");
        properties.forEach(
            (name, value) -> {
              if (!value.isEmpty()) {
                System.setProperty(name, value);
              }
            });
        Class.forName(LeashLibrary.class.getName(), true, loader);
      } finally {
        System.setProperties(before);
      }
    }
  }

  /** Why the library is not loaded; "" if it is. */
  static final class Reason {
    private Reason() {}

    public static Object run() {
      return LeashLibrary.unavailable();
    }
  }

  private static String named(Path library) throws Exception {
    return Isolated.unavailable(Map.of("leash.library", library.toString()));
  }

  private static Platform thisPlatform() {
    return Platform.of(System.getProperty("os.name"), System.getProperty("os.arch")).orElseThrow();
  }

  /** A file with the library of the class path. */
  private Path packedLibrary() throws IOException {
    needPackedLibrary();
    Path file = folder.resolve("libleash.so");
    try (InputStream packed =
        LeashLibrary.class.getResourceAsStream(thisPlatform().folder() + "libleash.so")) {
      Files.copy(packed, file);
    }
    return file;
  }

  private static void needPackedLibrary() {
    assumeTrue(
        LeashLibrary.class.getResource(thisPlatform().folder() + "libleash.so") != null,
        "no libleash.so on the class path");
  }
}
