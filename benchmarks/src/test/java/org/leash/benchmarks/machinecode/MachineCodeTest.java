package org.leash.benchmarks.machinecode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares the machine code of the CUDA kernels for compute capability 9.0 with {@code
 * native/cuda/machine_code.csv}: blocks of a multiprocessor that registers and threads allow,
 * instructions, issue slots of the hot loops per vector of 16 bytes, and for loops that load from
 * global memory, the bytes that those blocks have under way. A difference of more than 2 % fails,
 * so that a change of the kernels and of the table go together; {@code make machine-code} records
 * the table.
 *
 * <p>This takes nvcc, and nvdisasm and cuobjdump from the same toolkit on the PATH, else in the
 * folder {@code -Dleash.cuda.bin}. With nvcc alone, only the kernels' registers, and a hash of the
 * sources, are compared; without, or with another version of nvcc than the table's, nothing is.
 */
final class MachineCodeTest {
  private static final Path NATIVE = Path.of("../native");
  private static final Path TABLE = NATIVE.resolve("cuda/machine_code.csv");
  private static final Path BUILT = NATIVE.resolve("target/gpu");
  private static final String ARCHITECTURE = "sm_90a";
  private static final double TOLERANCE = 0.02;
  private static final String HEADER =
      "kernel,registers,threads,blocks,instructions,f64,membar"
          + ",sums_slots,sums_fma,sums_alu,sums_mufu,sums_loads,sums_flight"
          + ",output_slots,output_fma,output_alu,output_mufu,output_loads,output_flight";

  private static final int REGISTERS = 65536; // of a multiprocessor
  private static final int THREADS = 2048;
  private static final int VECTOR_BYTES = 16;

  /** Of the sources from which the kernels are compiled, without comments and spaces. */
  private static String hashOfSources() throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    List<Path> files = new ArrayList<>();
    for (String folder : List.of("cuda", "math", "spec")) {
      try (Stream<Path> all = Files.walk(NATIVE.resolve(folder))) {
        all.filter(file -> file.toString().matches(".*\\.(h|cu|cuh)")).forEach(files::add);
      }
    }
    files.removeIf(file -> file.endsWith("spec/instruction_sets.h"));
    for (Path file : files.stream().sorted().toList()) {
      String code =
          Files.readString(file)
              .replaceAll("(?s)/\\*.*?\\*/", " ")
              .replaceAll("//[^\\n]*", " ")
              .replaceAll("\\s+", " ");
      digest.update(NATIVE.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
      digest.update(code.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
  }

  /** Registers of each kernel, from ptxas. */
  private static Map<String, Integer> registers() throws IOException {
    Map<String, Integer> registers = new TreeMap<>();
    for (String line : Files.readAllLines(BUILT.resolve("resources.txt"))) {
      String[] fields = line.strip().split("\\s+", -1);
      if (fields.length == 5 && fields[1].equals(ARCHITECTURE)) {
        registers.put(fields[0], Integer.parseInt(fields[2]));
      }
    }
    return registers;
  }

  /** The command of a CUDA tool, if it is installed. */
  private static Optional<String> tool(String name) {
    String folders = System.getenv("PATH") + ":" + System.getProperty("leash.cuda.bin", "");
    return Stream.of(folders.split(":", -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  private static List<String> run(Path folder, String... command)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    return Files.readAllLines(out);
  }

  /** The version of nvcc, as the table's first line. */
  private static String compiler(Path folder) throws IOException, InterruptedException {
    return "# nvcc "
        + run(folder, tool("nvcc").orElseThrow(), "--version").stream()
            .filter(line -> line.contains("release"))
            .map(line -> line.substring(line.lastIndexOf('V')))
            .findFirst()
            .orElse("unknown");
  }

  /** A row of the table. Variants without tiles of vectors have no hot loops that it could name. */
  private static String row(DisassembledKernel kernel, int registers) {
    int perVector = kernel.name().endsWith("f32") ? 4 : 8;
    boolean gradient = !kernel.name().contains("log_softmax");
    Optional<Loop> sums =
        kernel
                .name()
                .matches(
                    ".*(softmax|statistics|squares|policy_gradient)_(two_read|split_sums|resident)_.*")
            ? Loop.cheapest(
                kernel,
                loop ->
                    loop.stores() == 0
                        && loop.loads() > 0
                        && loop.exponentials() == perVector * loop.loads(),
                Loop::loads)
            : Optional.empty();
    Optional<Loop> output =
        kernel.name().matches(".*(softmax|gradient)_(two_read|split_output|resident)_.*")
            ? Loop.cheapest(
                kernel,
                loop ->
                    loop.stores() > 0
                        && loop.stores() == loop.loads()
                        && loop.exponentials() == (gradient ? perVector * loop.stores() : 0)
                        && loop.count(Instruction.Unit.FMA) >= (long) perVector * loop.stores(),
                Loop::stores)
            : Optional.empty();
    // A warp takes registers for each thread in units of 8.
    int blocks =
        Math.min(
            REGISTERS / ((registers + 7) / 8 * 8 * kernel.threads()), THREADS / kernel.threads());
    int vectorsInFlight = blocks * kernel.threads();
    return String.format(
        Locale.ROOT,
        "%s,%d,%d,%d,%d,%d,%d,%s,%s",
        kernel.name(),
        registers,
        kernel.threads(),
        blocks,
        kernel.code().size(),
        kernel.count(Instruction.Unit.F64),
        kernel.count("MEMBAR"),
        sums.map(loop -> fields(loop, loop.loads(), vectorsInFlight)).orElse(",,,,,"),
        output.map(loop -> fields(loop, loop.stores(), vectorsInFlight)).orElse(",,,,,"));
  }

  private static String fields(Loop loop, double vectors, int vectorsInFlight) {
    return String.format(
        Locale.ROOT,
        "%.2f,%.2f,%.2f,%.2f,%d,%s",
        loop.slots() / vectors,
        loop.count(Instruction.Unit.FMA) / vectors,
        loop.count(Instruction.Unit.ALU) / vectors,
        loop.count(Instruction.Unit.MUFU) / vectors,
        loop.loadsBeforeUse(),
        loop.loadsFromGlobal()
            ? Integer.toString(loop.loadsBeforeUse() * vectorsInFlight * VECTOR_BYTES)
            : "");
  }

  private static List<String> measured(Path folder) throws IOException, InterruptedException {
    Map<String, Integer> registers = registers();
    List<String> rows = new ArrayList<>();
    Map<String, DisassembledKernel> kernels = new TreeMap<>();
    try (Stream<Path> fatbins = Files.list(BUILT.resolve("cuda/ops"))) {
      for (Path fatbin : fatbins.filter(each -> each.toString().endsWith(".fatbin")).toList()) {
        Path own = Files.createDirectory(folder.resolve(fatbin.getFileName().toString()));
        run(
            own,
            tool("cuobjdump").orElseThrow(),
            "-xelf",
            "sm_90",
            fatbin.toAbsolutePath().toString());
        try (Stream<Path> cubins = Files.list(own)) {
          for (Path cubin : cubins.filter(each -> each.toString().endsWith(".cubin")).toList()) {
            kernels.putAll(
                DisassembledKernel.parse(
                    run(own, tool("nvdisasm").orElseThrow(), cubin.toString())));
          }
        }
      }
    }
    kernels.forEach((name, kernel) -> rows.add(row(kernel, registers.get(name))));
    return rows;
  }

  private static Map<String, String[]> byKernel(List<String> rows) {
    Map<String, String[]> byKernel = new LinkedHashMap<>();
    for (String row : rows) {
      String[] fields = row.split(",", -1);
      byKernel.put(fields[0], fields);
    }
    return byKernel;
  }

  private static List<String> table() throws IOException {
    List<String> lines = Files.readAllLines(TABLE);
    assertThat(lines.get(2)).isEqualTo(HEADER);
    return lines.subList(3, lines.size());
  }

  @Test
  void tableIsThatOfTheKernels(@TempDir Path folder) throws Exception {
    assumeTrue(Files.exists(BUILT.resolve("resources.txt")), "built without nvcc");
    assumeTrue(tool("nvcc").isPresent(), "no nvcc on the PATH");
    boolean complete = tool("nvdisasm").isPresent() && tool("cuobjdump").isPresent();
    if (Boolean.getBoolean("machine.code.record")) {
      assertThat(complete).as("nvdisasm and cuobjdump are on the PATH").isTrue();
      List<String> lines =
          new ArrayList<>(List.of(compiler(folder), "# sources " + hashOfSources(), HEADER));
      lines.addAll(measured(folder));
      Files.write(TABLE, lines);
      return;
    }
    String recorded = Files.readAllLines(TABLE).get(0);
    assumeTrue(compiler(folder).equals(recorded), "the table is not of this nvcc: " + recorded);
    Map<String, String[]> expected = byKernel(table());
    List<String> differences = new ArrayList<>();
    if (complete) {
      Map<String, String[]> found = byKernel(measured(folder));
      assertThat(found.keySet()).isEqualTo(expected.keySet());
      found.forEach(
          (kernel, fields) -> differences.addAll(differences(fields, expected.get(kernel))));
    } else {
      if (!Files.readAllLines(TABLE).get(1).equals("# sources " + hashOfSources())) {
        differences.add("the sources have changed");
      }
      registers()
          .forEach(
              (kernel, registers) -> {
                String[] row = expected.get(kernel);
                if (row != null && Integer.parseInt(row[1]) != registers) {
                  differences.add(
                      String.format(
                          Locale.ROOT, "%s: %d registers, not %s", kernel, registers, row[1]));
                }
              });
    }
    assertThat(differences)
        .as("differences from native/cuda/machine_code.csv; if meant, run make machine-code")
        .isEmpty();
  }

  private static List<String> differences(String[] found, String[] expected) {
    List<String> differences = new ArrayList<>();
    String[] names = HEADER.split(",", -1);
    for (int i = 1; i < names.length; i++) {
      boolean same = found[i].equals(expected[i]);
      if (!same && !found[i].isEmpty() && !expected[i].isEmpty()) {
        double was = Double.parseDouble(expected[i]);
        same = Math.abs(Double.parseDouble(found[i]) - was) <= TOLERANCE * was;
      }
      if (!same) {
        differences.add(
            "%s: %s is %s, not %s".formatted(found[0], names[i], found[i], expected[i]));
      }
    }
    return differences;
  }

  private static final String LOOPS =
      """
      	.section	.nv.info.leash_policy_gradient_two_read_f32,"",@"SHT_CUDA_INFO"
      	//----- nvinfo : EIATTR_MAX_THREADS
              /*03d0*/ 	.byte	0x04, 0x05
              /*03d4*/ 	.word	0x00000100
              /*03d8*/ 	.word	0x00000001
      	//----- nvinfo : EIATTR_CRS_STACK_SIZE
              /*03e0*/ 	.word	0x00000000
      .text.leash_policy_gradient_two_read_f32:
      .L_x_1:
              /*0000*/                   LDG.E.128 R4, desc[UR4][R2.64] ;
              /*0010*/                   LDG.E.128 R8, desc[UR4][R2.64+0x1000] ;
              /*0020*/                   FSETP.GT.AND P0, PT, R4, R20, PT ;
              /*0030*/              @!P0 BRA `(.L_x_2) ;
              /*0040*/                   FMUL R20, R4, R21 ;
              /*0050*/                   MUFU.EX2 R22, R20 ;
      .L_x_2:
              /*0060*/                   FFMA R12, R4, R21, -R20 ;
              /*0070*/                   MUFU.EX2 R4, R12 ;
              /*0080*/                   MUFU.EX2 R5, R5 ;
              /*0090*/                   MUFU.EX2 R6, R6 ;
              /*00a0*/                   MUFU.EX2 R7, R7 ;
              /*00b0*/                   MUFU.EX2 R8, R8 ;
              /*00c0*/                   MUFU.EX2 R9, R9 ;
              /*00d0*/                   MUFU.EX2 R10, R10 ;
              /*00e0*/                   MUFU.EX2 R11, R11 ;
              /*00f0*/               @P1 BRA `(.L_x_1) ;
              /*0100*/                   MEMBAR.ALL.GPU ;
              /*0110*/                   DFMA R2, R2, R4, R6 ;
              /*0120*/                   EXIT ;
      """;

  /** The rare branch, with a ninth exponential, is not part of the loop's cost. */
  @Test
  void countsTheCheapestPath() {
    DisassembledKernel kernel =
        DisassembledKernel.parse(LOOPS.lines().toList()).get("leash_policy_gradient_two_read_f32");
    assertThat(row(kernel, 33))
        .isEqualTo(
            "leash_policy_gradient_two_read_f32,33,256,6,19,1,1"
                + ",7.00,0.50,0.50,4.00,2,49152,,,,,,");
  }

  @Test
  void reportsDifferencesOfMoreThanTwoPercent() {
    String[] was = "k,32,256,8,100,1,0,50.00,1,1,8,4,9,,,,,,".split(",", -1);
    assertThat(differences("k,32,256,8,102,1,0,51.00,1,1,8,4,9,,,,,,".split(",", -1), was))
        .isEmpty();
    assertThat(differences("k,32,256,7,100,1,1,51.01,1,1,8,1,9,9,,,,,".split(",", -1), was))
        .containsExactly(
            "k: blocks is 7, not 8",
            "k: membar is 1, not 0",
            "k: sums_slots is 51.01, not 50.00",
            "k: sums_loads is 1, not 4",
            "k: output_slots is 9, not ");
  }
}
