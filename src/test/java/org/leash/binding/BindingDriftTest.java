package org.leash.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Rollout;
import org.leash.loss.Surrogate;
import org.leash.operation.Operation;

/** The header, the generated binding and the library agree. */
final class BindingDriftTest {
  private static final Path HEADER = Path.of("../native/include/leash.h");
  private static final Path SPEC = Path.of("../native/spec");
  private static final String GENERATED = "org.leash.binding.generated.";

  /** Opaque in the header, hence without a layout. */
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
  void abiVersionsMatch() {
    needLibrary();
    assertThat(Leash.leash_abi_version()).isEqualTo(Leash.LEASH_ABI_VERSION());
  }

  @Test
  void layoutsMatchLibrary() throws ReflectiveOperationException {
    needLibrary();
    Map<String, Extent> library = libraryLayouts();
    library.keySet().removeIf(field -> isOfOperation(field.replaceAll("_args\\..*", "")));
    Map<String, Extent> binding = new TreeMap<>();
    for (String structure : boundStructures()) {
      addLayout(structure, binding);
    }
    assertThat(library).hasSizeGreaterThan(80).isEqualTo(binding);
  }

  /** Whether a name, {@code leash_entropy}, is an operation's. */
  private static boolean isOfOperation(String name) {
    return Operation.all().stream().anyMatch(operation -> name.equals("leash_" + operation.id()));
  }

  /** Structs of the header, without those of operations, which are written by layout. */
  private static Set<String> boundStructures() {
    Set<String> structures = structuresOfHeader();
    assertThat(structures.removeIf(each -> isOfOperation(each.replaceAll("_args$", "")))).isTrue();
    return structures;
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
  void bindsExactlyThePrototypes() {
    Set<String> prototypes = new TreeSet<>();
    Matcher matcher = Pattern.compile("LEASH_API [^;]*?(leash_\\w+)\\(").matcher(header);
    while (matcher.find()) {
      prototypes.add(matcher.group(1));
    }
    prototypes.removeIf(
        name -> isOfOperation(name) && !name.equals("leash_" + Operation.TOKEN_STATISTICS.id()));
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
  void constantsMatchHeader() throws ReflectiveOperationException {
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
    "operations.h, LEASH_OPERATIONS, OPERATIONS",
    "dtypes.h, LEASH_DTYPES, DTYPES",
    "losses.h, LEASH_LOSSES, LOSSES",
    "losses.h, LEASH_KL_ESTIMATORS, KL_ESTIMATORS",
    "losses.h, LEASH_ROLLOUTS, ROLLOUTS"
  })
  void libraryAndJavaHaveSameNames(String file, String macro, NativeList list) throws IOException {
    needLibrary();
    String text = Files.readString(SPEC.resolve(file));
    String entries = text.substring(text.indexOf("#define " + macro + "(X)"));
    Matcher matcher =
        Pattern.compile("X\\((\\d+), \\w+, (\\w+)")
            .matcher(entries.substring(0, (entries + "\n\n").indexOf("\n\n")));
    List<String> names = new ArrayList<>();
    while (matcher.find()) {
      assertThat(matcher.group(1)).isEqualTo(Integer.toString(names.size()));
      names.add(matcher.group(2));
    }
    assertThat(names).hasSizeGreaterThan(1);
    assertThat(list.names()).isEqualTo(names);
    assertThat(inJava(list)).containsExactlyInAnyOrderElementsOf(names);
  }

  private static List<String> inJava(NativeList list) {
    return switch (list) {
      case OPERATIONS -> Operation.all().stream().map(Operation::id).toList();
      case DTYPES -> lowerCase(DType.values());
      case LOSSES -> lowerCase(Surrogate.values());
      case KL_ESTIMATORS -> lowerCase(Kl.values());
      case ROLLOUTS -> lowerCase(Rollout.values());
    };
  }

  private static List<String> lowerCase(Enum<?>[] constants) {
    return Stream.of(constants).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
  }

  @Test
  void rejectsNamesUnknownToLibrary() {
    needLibrary();
    assertThat(NativeList.DTYPES.id("f16")).isEqualTo(2);
    assertThatThrownBy(() -> NativeList.DTYPES.id("f8"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the native library has no \"f8\"; its DTYPES are [f32, bf16, f16]");
  }

  @Test
  void clipFlagsMatchHeader() throws ReflectiveOperationException {
    assertConstant("LEASH_CLIPPED_LOW", PolicyLoss.CLIPPED_LOW);
    assertConstant("LEASH_CLIPPED_HIGH", PolicyLoss.CLIPPED_HIGH);
    assertConstant("LEASH_CLIPPED_DUAL", PolicyLoss.CLIPPED_DUAL);
    assertConstant("LEASH_CLIPPED_ROLLOUT", PolicyLoss.CLIPPED_ROLLOUT);
    assertConstant("LEASH_CLAMPED_RATIO", PolicyLoss.CLAMPED_RATIO);
  }

  @Test
  void countsPointersOfStructs() {
    needLibrary();
    assertThat(NativeLayout.of("leash_entropy_args").pointers()).isEqualTo(4);
    assertThat(NativeLayout.of("leash_policy_gradient_args").pointers()).isEqualTo(16);
    assertThat(NativeLayout.of("leash_policy_loss").pointers()).isZero();
    assertThat(NativeLayout.of("leash_plan").pointers()).isEqualTo(Leash.LEASH_MAX_LAUNCHES());
  }

  @Test
  void rejectsStructsAndFieldsUnknownToLibrary() {
    needLibrary();
    assertThatThrownBy(() -> NativeLayout.of("leash_absent_args"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the native library has no struct leash_absent_args");
    assertThatThrownBy(() -> NativeLayout.of("leash_entropy_args").offset("lse"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("leash_entropy_args has no field \"lse\"; its fields are [");
  }

  private static void assertConstant(String name, int value) throws ReflectiveOperationException {
    assertThat(Leash.class.getMethod(name).invoke(null)).as(name).isEqualTo(value);
  }

  @Test
  void generatedStructsMatchHeader() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("main/java", GENERATED.replace('.', '/')))) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString().replace(".java", ""))
                  .filter(name -> name.startsWith("leash_")))
          .containsExactlyInAnyOrderElementsOf(boundStructures());
    }
  }
}
