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
 * @param labels the index of the instruction after each label
 */
record DisassembledKernel(String name, List<Instruction> code, Map<String, Integer> labels) {
  private static final Pattern SECTION = Pattern.compile("\\.text\\.(\\w+):");
  private static final Pattern LABEL = Pattern.compile("(\\.L_\\S+):");
  private static final Pattern LINE = Pattern.compile("/\\*[0-9a-f]{4,}\\*/\\s+(.*?);.*");

  /** The kernels in the output of {@code nvdisasm -c}, by name. */
  static Map<String, DisassembledKernel> parse(List<String> lines) {
    Map<String, DisassembledKernel> kernels = new TreeMap<>();
    DisassembledKernel current = null;
    for (String line : lines) {
      String text = line.strip();
      Matcher section = SECTION.matcher(text);
      Matcher label = LABEL.matcher(text);
      Matcher instruction = LINE.matcher(text);
      if (section.matches()) {
        current = new DisassembledKernel(section.group(1), new ArrayList<>(), new HashMap<>());
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
