package org.leash.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_layout_entry;
import org.leash.device.DType;
import org.leash.device.DeviceKind;
import org.leash.kernel.Operation;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Rollout;
import org.leash.loss.Surrogate;

/** The header, the generated binding and the library that was built say the same. */
final class BindingDriftTest {
  private static final Path HEADER = Path.of("../native/include/leash.h");
  private static final Path SPEC = Path.of("../native/spec");
  private static final String GENERATED = "org.leash.binding.generated.";

  /** Opaque in the header, so without a layout. */
  private static final Set<String> OPAQUE = Set.of("leash_device", "leash_event");

  private record Extent(long offset, long bytes) {}

  private static String header;

  @BeforeAll
  static void readHeader() throws IOException {
    header = Files.readString(HEADER).replaceAll("(?s)/\\*.*?\\*/", "");
  }

  private static void needLibrary() {
    assumeTrue(LeashLibrary.isLoaded(), LeashLibrary::unavailable);
  }

  @Test
  void abiVersion() {
    needLibrary();
    assertThat(Leash.leash_abi_version()).isEqualTo(Leash.LEASH_ABI_VERSION());
  }

  @Test
  void layoutsOfLibraryAndBinding() throws ReflectiveOperationException {
    needLibrary();
    Map<String, Extent> library = libraryLayouts();
    Map<String, Extent> binding = new TreeMap<>();
    for (String structure : structuresOfHeader()) {
      addLayout(structure, binding);
    }
    assertThat(library).hasSizeGreaterThan(80).isEqualTo(binding);
  }

  private static Map<String, Extent> libraryLayouts() {
    Map<String, Extent> layouts = new TreeMap<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = leash_layout_entry.allocate(arena);
      for (int i = 0; i < Leash.leash_layout_count(); i++) {
        Status.check(Leash.leash_layout_get(i, entry));
        layouts.put(
            leash_layout_entry.structure(entry).getString(0)
                + "."
                + leash_layout_entry.field(entry).getString(0),
            new Extent(leash_layout_entry.offset(entry), leash_layout_entry.bytes(entry)));
      }
    }
    return layouts;
  }

  private static void addLayout(String structure, Map<String, Extent> layouts)
      throws ReflectiveOperationException {
    Method method = Class.forName(GENERATED + structure).getMethod("layout");
    GroupLayout layout = (GroupLayout) method.invoke(null);
    layouts.put(structure + ".", new Extent(0, layout.byteSize()));
    for (MemoryLayout member : layout.memberLayouts()) {
      member
          .name()
          .ifPresent(
              field ->
                  layouts.put(
                      structure + "." + field,
                      new Extent(
                          layout.byteOffset(PathElement.groupElement(field)), member.byteSize())));
    }
  }

  private static Set<String> structuresOfHeader() {
    Set<String> structures = new TreeSet<>();
    Matcher matcher = Pattern.compile("typedef struct (leash_\\w+)").matcher(header);
    while (matcher.find()) {
      structures.add(matcher.group(1));
    }
    structures.removeAll(OPAQUE);
    return structures;
  }

  @Test
  void everyPrototypeIsBoundAndNothingElse() {
    Set<String> prototypes = new TreeSet<>();
    Matcher matcher = Pattern.compile("LEASH_API [^;]*?(leash_\\w+)\\(").matcher(header);
    while (matcher.find()) {
      prototypes.add(matcher.group(1));
    }
    Set<String> bound = new TreeSet<>();
    for (Method method : Leash.class.getMethods()) {
      if (method.getName().endsWith("$descriptor")) {
        bound.add(method.getName().replace("$descriptor", ""));
      }
    }
    assertThat(prototypes).hasSizeGreaterThan(20).isEqualTo(bound);
  }

  @Test
  void everyPrototypeHasItsSymbol() throws ReflectiveOperationException {
    needLibrary();
    int symbols = 0;
    for (Method method : Leash.class.getMethods()) {
      if (method.getName().endsWith("$address")) {
        assertThat((MemorySegment) method.invoke(null)).isNotEqualTo(MemorySegment.NULL);
        symbols++;
      }
    }
    assertThat(symbols).isGreaterThan(20);
  }

  @Test
  void constantsOfHeaderAndBinding() throws ReflectiveOperationException {
    int constants = 0;
    Matcher matcher = Pattern.compile("(LEASH_[A-Z0-9_]+)(?: = | \\(?)(-?\\d+)").matcher(header);
    while (matcher.find()) {
      assertThat(Leash.class.getMethod(matcher.group(1)).invoke(null))
          .as(matcher.group(1))
          .isEqualTo(Integer.parseInt(matcher.group(2)));
      constants++;
    }
    assertThat(constants).isGreaterThan(15);
  }

  @ParameterizedTest
  @CsvSource({
    "operations.h, LEASH_OPERATIONS, LEASH_",
    "dtypes.h, LEASH_DTYPES, LEASH_",
    "losses.h, LEASH_LOSSES, LEASH_LOSS_",
    "losses.h, LEASH_KL_ESTIMATORS, LEASH_KL_",
    "losses.h, LEASH_ROLLOUTS, LEASH_ROLLOUT_"
  })
  void constantsOfListsAndBinding(String file, String list, String prefix)
      throws IOException, ReflectiveOperationException {
    String text = Files.readString(SPEC.resolve(file));
    String entries = text.substring(text.indexOf("#define " + list + "(X)"));
    Matcher matcher =
        Pattern.compile("X\\((\\d+), (\\w+),")
            .matcher(entries.substring(0, (entries + "\n\n").indexOf("\n\n")));
    int constants = 0;
    while (matcher.find()) {
      assertConstant(prefix + matcher.group(2), Integer.parseInt(matcher.group(1)));
      constants++;
    }
    assertThat(constants).isGreaterThan(1);
  }

  @Test
  void constantsOfTheJavaApi() throws ReflectiveOperationException {
    for (DType dtype : DType.values()) {
      assertConstant("LEASH_" + dtype.name(), dtype.abi());
    }
    for (DeviceKind kind : DeviceKind.values()) {
      assertConstant("LEASH_DEVICE_" + kind.name(), kind.abi());
    }
    for (Operation<?> operation : Operation.all()) {
      assertConstant("LEASH_" + operation.id().toUpperCase(java.util.Locale.ROOT), operation.abi());
    }
    for (Surrogate surrogate : Surrogate.values()) {
      assertConstant("LEASH_LOSS_" + surrogate.name(), surrogate.abi());
    }
    for (Kl kl : Kl.values()) {
      assertConstant("LEASH_KL_" + kl.name(), kl.abi());
    }
    for (Rollout rollout : Rollout.values()) {
      assertConstant("LEASH_ROLLOUT_" + rollout.name(), rollout.abi());
    }
    assertConstant("LEASH_CLIPPED_LOW", PolicyLoss.CLIPPED_LOW);
    assertConstant("LEASH_CLIPPED_HIGH", PolicyLoss.CLIPPED_HIGH);
    assertConstant("LEASH_CLIPPED_DUAL", PolicyLoss.CLIPPED_DUAL);
    assertConstant("LEASH_CLIPPED_ROLLOUT", PolicyLoss.CLIPPED_ROLLOUT);
    assertConstant("LEASH_CLAMPED_RATIO", PolicyLoss.CLAMPED_RATIO);
  }

  private static void assertConstant(String name, int value) throws ReflectiveOperationException {
    assertThat(Leash.class.getMethod(name).invoke(null)).as(name).isEqualTo(value);
  }

  @Test
  void generatedStructuresAreThoseOfTheHeader() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("main/java", GENERATED.replace('.', '/')))) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString().replace(".java", ""))
                  .filter(name -> name.startsWith("leash_")))
          .containsExactlyInAnyOrderElementsOf(structuresOfHeader());
    }
  }
}
