package org.leash.benchmarks.machinecode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The instructions of a kernel.
 *
 * @param threads of a block at most
 * @param labels the index of the instruction after each label
 */
record DisassembledKernel(
    String name, int threads, List<Instruction> code, Map<String, Integer> labels) {
  private static final Pattern ATTRIBUTES =
      Pattern.compile("\\.section\\s+\\.nv\\.info\\.(\\w+),.*");
  private static final Pattern ATTRIBUTE = Pattern.compile("//-+ nvinfo : (\\w+)");
  private static final Pattern WORD =
      Pattern.compile("/\\*[0-9a-f]+\\*/\\s+\\.word\\s+0x([0-9a-f]+)");
  private static final Pattern SECTION = Pattern.compile("\\.text\\.(\\w+):");
  private static final Pattern LABEL = Pattern.compile("(\\.L_\\S+):");
  private static final Pattern LINE = Pattern.compile("/\\*[0-9a-f]{4,}\\*/\\s+(.*?);.*");

  /** The kernels in the output of {@code nvdisasm}, by name. */
  static Map<String, DisassembledKernel> parse(List<String> lines) {
    Map<String, DisassembledKernel> kernels = new TreeMap<>();
    Map<String, Integer> threads = new HashMap<>();
    String described = null;
    String attribute = "";
    DisassembledKernel current = null;
    for (String line : lines) {
      String text = line.strip();
      Matcher attributes = ATTRIBUTES.matcher(text);
      Matcher named = ATTRIBUTE.matcher(text);
      Matcher word = WORD.matcher(text);
      if (attributes.matches()) {
        described = attributes.group(1);
      } else if (named.matches()) {
        attribute = named.group(1);
      } else if (word.matches() && attribute.equals("EIATTR_MAX_THREADS")) {
        threads.putIfAbsent(described, Integer.parseInt(word.group(1), 16));
      }
      Matcher section = SECTION.matcher(text);
      Matcher label = LABEL.matcher(text);
      Matcher instruction = LINE.matcher(text);
      if (section.matches()) {
        String name = section.group(1);
        current =
            new DisassembledKernel(
                name, threads.getOrDefault(name, 0), new ArrayList<>(), new HashMap<>());
        kernels.put(current.name, current);
      } else if (current != null && label.matches()) {
        current.labels.put(label.group(1), current.code.size());
      } else if (current != null && instruction.matches()) {
        current.code.add(Instruction.parse(instruction.group(1)));
      }
    }
    return kernels;
  }

  /** The index of the instruction that a branch goes to; -1 if the instruction is no branch. */
  int target(int index) {
    String label = code.get(index).target();
    return label == null ? -1 : labels.getOrDefault(label, -1);
  }

  long count(String opcode) {
    return code.stream().filter(each -> each.opcode().startsWith(opcode)).count();
  }

  long count(Instruction.Unit unit) {
    return code.stream().filter(each -> each.unit() == unit).count();
  }
}
