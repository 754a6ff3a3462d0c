package org.leash.binding;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.leash.binding.generated.Leash;

/**
 * Finds and loads the native library once, or records why that failed.
 *
 * <p>Only the first of these that is set is tried:
 *
 * <ol>
 *   <li>the system property {@code leash.library}: the path of the shared library,
 *   <li>the environment variable {@code LEASH_LIBRARY}: the same,
 *   <li>the library in the jar leash-native on the class path, unpacked to a private temporary
 *       folder.
 * </ol>
 *
 * <p>Check {@link #isLoaded()} before calling a function of {@link Leash}: the generated code looks
 * up each symbol on first use, which fails unless the library is loaded.
 */
public final class LeashLibrary {
  private static final String PROPERTY = "leash.library";
  private static final String SET_PROPERTY = "set -D" + PROPERTY + " to the path of libleash.so";
  private static final String VARIABLE = "LEASH_LIBRARY";
  private static final String FOLDER = "linux-x86_64/";
  private static final String RESOURCE = FOLDER + "libleash.so";

  private static final String UNAVAILABLE = load();

  private LeashLibrary() {}

  /** Whether the native library is loaded and has the ABI of this binding. */
  public static boolean isLoaded() {
    return UNAVAILABLE.isEmpty();
  }

  /** Why the library is not loaded: path, reason and remedy on one line; "" if it is loaded. */
  public static String unavailable() {
    return UNAVAILABLE;
  }

  /**
   * The bytes of the loaded library, so that a measurement can identify it.
   *
   * @throws IOException no library is loaded, or its file is gone
   */
  public static InputStream content() throws IOException {
    String named = System.getProperty(PROPERTY, System.getenv(VARIABLE));
    if (named != null) {
      return Files.newInputStream(Path.of(named));
    }
    InputStream packed = LeashLibrary.class.getResourceAsStream(RESOURCE);
    if (packed == null) {
      throw new IOException(UNAVAILABLE);
    }
    return packed;
  }

  /** SHA-256 of the loaded library in hexadecimal; empty if no library is loaded. */
  public static Optional<String> sha256() {
    if (!isLoaded()) {
      return Optional.empty();
    }
    try (InputStream library = content()) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      library.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
      return Optional.of(HexFormat.of().formatHex(digest.digest()));
    } catch (IOException e) {
      // Its file is gone.
      return Optional.empty();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * A file next to the library in its jar.
   *
   * @throws IllegalStateException there is no such file, as the library was built without CUDA
   */
  public static byte[] resource(String file) {
    try (InputStream found = LeashLibrary.class.getResourceAsStream(FOLDER + file)) {
      if (found == null) {
        throw new IllegalStateException(
            file + " is not on the class path; use a leash-native jar that was built with nvcc");
      }
      return found.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + " from the class path", e);
    }
  }

  private static String load() {
    try {
      String property = System.getProperty(PROPERTY);
      String variable = System.getenv(VARIABLE);
      if (property != null) {
        return load(Path.of(property), "system property " + PROPERTY);
      }
      if (variable != null) {
        return load(Path.of(variable), "environment variable " + VARIABLE);
      }
      return loadFromClassPath();
    } catch (RuntimeException e) {
      // Thrown by a static initialiser, it would show its reason to the first caller only.
      return message(Path.of("libleash.so"), "any", e.toString(), SET_PROPERTY);
    }
  }

  private static String load(Path path, String origin) {
    Path absolute = path.toAbsolutePath().normalize();
    String remedy = "correct or remove the " + origin;
    if (!Files.isRegularFile(absolute)) {
      return message(absolute, origin, "no such file", remedy);
    }
    return loadFile(absolute, origin, remedy);
  }

  private static String loadFromClassPath() {
    String origin = "class path";
    String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!platform.toLowerCase(Locale.ROOT).matches("linux (amd64|x86_64)")) {
      return message(
          Path.of(RESOURCE),
          origin,
          "built for Linux on x86-64, but this is " + platform,
          "use the Java variants");
    }
    Path folder = null;
    Path file = null;
    try (InputStream library = LeashLibrary.class.getResourceAsStream(RESOURCE)) {
      if (library == null) {
        return message(
            Path.of("org/leash/binding", RESOURCE),
            origin,
            "not found",
            "add the jar leash-native, or " + SET_PROPERTY);
      }
      folder = Files.createTempDirectory("leash-");
      file = folder.resolve("libleash.so");
      Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
      return loadFile(
          file, origin, "set -D" + PROPERTY + " or -Djava.io.tmpdir to a path that allows it");
    } catch (IOException e) {
      return message(
          folder == null ? Path.of(System.getProperty("java.io.tmpdir")) : folder,
          origin,
          "cannot be unpacked: " + e,
          "set -Djava.io.tmpdir to a writable folder");
    } finally {
      delete(file);
      delete(folder);
    }
  }

  /** Deletes a file; the mapping of a loaded library outlives it. */
  private static void delete(Path path) {
    if (path != null) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        path.toFile().deleteOnExit();
      }
    }
  }

  @SuppressWarnings("restricted")
  private static String loadFile(Path path, String origin, String remedy) {
    try {
      System.load(path.toString());
    } catch (UnsatisfiedLinkError e) {
      return message(path, origin, e.getMessage(), remedy);
    } catch (IllegalCallerException e) {
      return message(
          path, origin, e.getMessage(), "run java with --enable-native-access=ALL-UNNAMED");
    }
    if (SymbolLookup.loaderLookup().find("leash_abi_version").isEmpty()) {
      return message(path, origin, "not a leash library: no leash_abi_version", remedy);
    }
    int theirs = Leash.leash_abi_version();
    int ours = Leash.LEASH_ABI_VERSION();
    return theirs == ours
        ? ""
        : message(
            path,
            origin,
            "its ABI version is " + theirs + ", but this jar needs " + ours,
            "use the library built with this jar");
  }

  private static String message(Path path, String origin, String reason, String remedy) {
    return "native library %s (%s) not loaded: %s; %s".formatted(path, origin, reason, remedy);
  }

  /** Gives memory from C a size, and the lifetime of an arena, whose close releases the memory. */
  @SuppressWarnings("restricted")
  static MemorySegment adopt(
      MemorySegment address, long bytes, Arena arena, Consumer<MemorySegment> release) {
    return address.reinterpret(bytes, arena, release);
  }
}
