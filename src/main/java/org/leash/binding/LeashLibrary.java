package org.leash.binding;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import org.leash.BadPathException;
import org.leash.UnavailableException;
import org.leash.binding.generated.Leash;

/**
 * Finds and loads the native library once per class loader, or records why that failed.
 *
 * <p>Only the first of these that is set is tried:
 *
 * <ol>
 *   <li>the system property {@code leash.library}: the path of the shared library,
 *   <li>the environment variable {@code LEASH_LIBRARY}: the same,
 *   <li>the library in the jar leash-native on the class path.
 * </ol>
 *
 * <p>What is loaded is a private copy in a new temporary folder, which is deleted at once: so every
 * class loader has a library of its own, and a file that is overwritten or cut off later disturbs
 * none. Where the temporary folder allows no such copy, a library that was named is loaded in
 * place: then one class loader of a JVM can have it, and it must not be overwritten. Both are
 * checked as {@link ElfFile} says.
 *
 * <p>Check {@link #isLoaded()} before calling a function of {@link Leash}: the generated code looks
 * up each symbol on first use, which fails unless the library is loaded.
 */
public final class LeashLibrary {
  private static final String PROPERTY = "leash.library";
  private static final String SET_PROPERTY = "set -D" + PROPERTY + " to the path of libleash.so";
  private static final String VARIABLE = "LEASH_LIBRARY";
  private static final String FILE = "libleash.so";
  private static final String FOLDER_PROPERTY = "java.io.tmpdir";

  private static final Attempt ATTEMPT = attempt();

  /**
   * The outcome of loading.
   *
   * @param unavailable the reason of a failure; "" after a success
   * @param sha256 of the loaded bytes, in hexadecimal; "" after a failure
   */
  private record Attempt(String unavailable, String sha256) {}

  /** Opens the bytes of a library. */
  private interface Source {
    InputStream open() throws IOException;
  }

  private LeashLibrary() {}

  /** Whether the native library is loaded and has the ABI of this binding. */
  public static boolean isLoaded() {
    return ATTEMPT.unavailable.isEmpty();
  }

  /** Why the library is not loaded: path, reason and remedy on one line; "" if it is loaded. */
  public static String unavailable() {
    return ATTEMPT.unavailable;
  }

  /**
   * The bytes of the loaded library, so that a measurement can identify it.
   *
   * @throws IOException no library is loaded, or its file is gone or has changed
   */
  public static InputStream content() throws IOException {
    if (!isLoaded()) {
      throw new IOException(ATTEMPT.unavailable);
    }
    String named = System.getProperty(PROPERTY, System.getenv(VARIABLE));
    byte[] bytes;
    try (InputStream source =
        named == null
            ? LeashLibrary.class.getResourceAsStream(platform().folder() + FILE)
            : Files.newInputStream(Path.of(named))) {
      bytes = source.readAllBytes();
    }
    if (!HexFormat.of().formatHex(sha256Digest().digest(bytes)).equals(ATTEMPT.sha256)) {
      throw new IOException(
          "the native library %s has changed since it was loaded; start again"
              .formatted(named == null ? "on the class path" : named));
    }
    return new ByteArrayInputStream(bytes);
  }

  /** SHA-256 of the loaded library in hexadecimal; empty if no library is loaded. */
  public static Optional<String> sha256() {
    return Optional.of(ATTEMPT.sha256).filter(hash -> isLoaded());
  }

  /**
   * A file with code for GPUs in the jar of the library. It is the same for every platform, and
   * lies beside the library for x86-64.
   *
   * @throws IllegalStateException there is no such file, as the library was built without CUDA
   */
  public static byte[] resource(String file) {
    try (InputStream found =
        LeashLibrary.class.getResourceAsStream(Platform.X86_64.folder() + file)) {
      if (found == null) {
        throw new IllegalStateException(
            file + " is not on the class path; use a leash-native jar that was built with nvcc");
      }
      return found.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + " from the class path", e);
    }
  }

  private static Attempt attempt() {
    try {
      return new Attempt("", load());
    } catch (UnavailableException e) {
      return new Attempt(e.getMessage(), "");
    } catch (RuntimeException | LinkageError e) {
      // Thrown by a static initialiser, it would show its reason to the first caller only.
      return new Attempt(failure(FILE, "any", e.toString(), SET_PROPERTY).getMessage(), "");
    }
  }

  /** Loads the library and returns its SHA-256. */
  private static String load() {
    Platform platform = platform();
    String property = System.getProperty(PROPERTY);
    if (property != null) {
      return loadNamed(property, "system property " + PROPERTY, platform);
    }
    String variable = System.getenv(VARIABLE);
    if (variable != null) {
      return loadNamed(variable, "environment variable " + VARIABLE, platform);
    }
    return loadPacked(platform);
  }

  private static Platform platform() {
    String system = System.getProperty("os.name");
    String architecture = System.getProperty("os.arch");
    return Platform.of(system, architecture)
        .orElseThrow(
            () ->
                new UnavailableException(
                    "native variants are for Linux on x86-64 and aarch64;"
                        + " this is %s on %s: use the Java variants"
                            .formatted(system, architecture)));
  }

  private static String loadNamed(String name, String origin, Platform platform) {
    String remedy = "correct or remove the " + origin;
    Path file;
    try {
      file = BadPathException.parse(name).toAbsolutePath().normalize();
    } catch (BadPathException e) {
      throw failure(name, origin, e.getMessage(), remedy);
    }
    if (!Files.isRegularFile(file)) {
      String reason =
          Files.isDirectory(file)
              ? "a folder"
              : Files.exists(file) ? "not a regular file" : "no such file";
      throw failure(file, origin, reason, remedy);
    }
    try {
      check(file, file, origin, platform, remedy);
      try {
        return loadCopy(() -> Files.newInputStream(file), file, origin, platform, remedy);
      } catch (IOException | UnsatisfiedLinkError e) {
        return loadInPlace(file, origin, remedy);
      }
    } catch (AccessDeniedException e) {
      throw failure(file, origin, "permission denied", remedy);
    } catch (IOException e) {
      throw failure(file, origin, "cannot be read: " + e.getMessage(), remedy);
    }
  }

  private static String loadInPlace(Path file, String origin, String remedy) throws IOException {
    MessageDigest digest = sha256Digest();
    try (InputStream in = Files.newInputStream(file)) {
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    }
    try {
      link(file, file, origin, remedy);
    } catch (UnsatisfiedLinkError e) {
      throw failure(file, origin, e.getMessage(), remedy);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String loadPacked(Platform platform) {
    String origin = "class path";
    String resource = platform.folder() + FILE;
    Path name = Path.of("org/leash/binding", resource);
    if (LeashLibrary.class.getResource(resource) == null) {
      boolean others =
          Arrays.stream(Platform.values())
              .anyMatch(each -> LeashLibrary.class.getResource(each.folder() + FILE) != null);
      throw others
          ? failure(
              name,
              origin,
              "the jar leash-native was built without a compiler for " + platform,
              "build it with one or on such a machine, or use the Java variants")
          : failure(name, origin, "not found", "add the jar leash-native, or " + SET_PROPERTY);
    }
    String folder = System.getProperty(FOLDER_PROPERTY);
    try {
      return loadCopy(
          () -> LeashLibrary.class.getResourceAsStream(resource),
          name,
          origin,
          platform,
          "replace the jar leash-native");
    } catch (IOException e) {
      throw failure(
          folder,
          origin,
          "cannot be unpacked: " + e,
          "set -D" + FOLDER_PROPERTY + " to a writable folder");
    } catch (UnsatisfiedLinkError e) {
      throw failure(
          folder,
          origin,
          e.getMessage(),
          "set -D%s to a folder from which code may run, or %s"
              .formatted(FOLDER_PROPERTY, SET_PROPERTY));
    }
  }

  /**
   * Loads a private copy and returns its SHA-256.
   *
   * @param name of the original, for messages
   * @throws IOException the original cannot be copied
   * @throws UnsatisfiedLinkError the copy cannot be loaded
   */
  private static String loadCopy(
      Source original, Path name, String origin, Platform platform, String remedy)
      throws IOException {
    Path folder = Files.createTempDirectory(temporaryFolder(), "leash-");
    Path copy = folder.resolve(FILE);
    try {
      MessageDigest digest = sha256Digest();
      try (InputStream in = new DigestInputStream(original.open(), digest)) {
        Files.copy(in, copy);
      }
      check(copy, name, origin, platform, remedy);
      link(copy, name, origin, remedy);
      return HexFormat.of().formatHex(digest.digest());
    } finally {
      delete(copy);
      delete(folder);
    }
  }

  /**
   * Absolute, as {@link System#load} asks for; the JDK's own methods fail for good where it is no
   * path.
   */
  private static Path temporaryFolder() throws IOException {
    try {
      return BadPathException.parse(System.getProperty(FOLDER_PROPERTY)).toAbsolutePath();
    } catch (BadPathException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Deletes a file; the mapping of a loaded library outlives it. */
  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      path.toFile().deleteOnExit();
    }
  }

  private static void check(Path file, Path name, String origin, Platform platform, String remedy)
      throws IOException {
    Optional<String> fault = ElfFile.fault(file, platform);
    if (fault.isPresent()) {
      throw failure(name, origin, fault.get(), remedy);
    }
  }

  @SuppressWarnings("restricted")
  private static void link(Path file, Path name, String origin, String remedy) {
    try {
      System.load(file.toString());
    } catch (IllegalCallerException e) {
      throw failure(
          name, origin, e.getMessage(), "run java with --enable-native-access=ALL-UNNAMED");
    }
    if (SymbolLookup.loaderLookup().find("leash_abi_version").isEmpty()) {
      throw failure(name, origin, "not a leash library: no leash_abi_version", remedy);
    }
    int theirs = Leash.leash_abi_version();
    int ours = Leash.LEASH_ABI_VERSION();
    if (theirs != ours) {
      throw failure(
          name,
          origin,
          "its ABI version is " + theirs + ", but this jar needs " + ours,
          "use the library built with this jar");
    }
  }

  private static UnavailableException failure(
      Object file, String origin, String reason, String remedy) {
    return new UnavailableException(
        "native library %s (%s) not loaded: %s; %s".formatted(file, origin, reason, remedy));
  }

  private static MessageDigest sha256Digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Gives memory from C a size, and the lifetime of an arena, whose close releases the memory. */
  @SuppressWarnings("restricted")
  static MemorySegment adopt(
      MemorySegment address, long bytes, Arena arena, Consumer<MemorySegment> release) {
    return address.reinterpret(bytes, arena, release);
  }
}
