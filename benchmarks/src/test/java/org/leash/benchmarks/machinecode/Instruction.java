package org.leash.benchmarks.machinecode;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An instruction as nvdisasm prints it, such as {@code @!P0 LDS.128 R8, [R27+0x180]}.
 *
 * @param predicated whether it is executed conditionally
 * @param opcode with its modifiers
 * @param operands the rest
 */
record Instruction(boolean predicated, String opcode, String operands) {
  private static final Pattern TEXT = Pattern.compile("(@!?U?P[0-9T]+ )?(\\S+) *(.*)");
  private static final Pattern REGISTER = Pattern.compile("\\bR([0-9]+)\\b");
  private static final Pattern TARGET = Pattern.compile("`\\((\\.L_[^)]*)\\)");

  /** Kinds of execution units. */
  enum Unit {
    FMA,
    ALU,
    MUFU,
    F64,
    MEMORY,
    OTHER
  }

  static Instruction parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not an instruction: " + text);
    }
    return new Instruction(matcher.group(1) != null, matcher.group(2), matcher.group(3));
  }

  /** The opcode without modifiers. */
  String name() {
    int dot = opcode.indexOf('.');
    return dot < 0 ? opcode : opcode.substring(0, dot);
  }

  Unit unit() {
    return switch (name()) {
      case "FFMA", "FADD", "FMUL", "FFMA2", "IMAD", "HFMA2", "HADD2", "HMUL2" -> Unit.FMA;
      case "MUFU" -> Unit.MUFU;
      case "DFMA", "DADD", "DMUL", "DSETP" -> Unit.F64;
      case "LDG", "STG", "LDS", "STS", "LD", "ST", "LDL", "STL", "LDC" -> Unit.MEMORY;
      case "LOP3",
          "SHF",
          "PRMT",
          "FMNMX",
          "FSETP",
          "ISETP",
          "FSEL",
          "SEL",
          "IADD3",
          "LEA",
          "VIADD" ->
          Unit.ALU;
      case "HMNMX2", "VHMNMX", "VIMNMX", "MOV", "PLOP3", "F2FP", "IABS", "FCHK" -> Unit.ALU;
      default -> Unit.OTHER;
    };
  }

  boolean isExponential() {
    return opcode.startsWith("MUFU.EX2");
  }

  /** A load of 16 bytes from global or shared memory. */
  boolean isVectorLoad() {
    return (name().equals("LDG") || name().equals("LDS")) && opcode.contains(".128");
  }

  /** A store of 16 bytes to global or shared memory. */
  boolean isVectorStore() {
    return (name().equals("STG") || name().equals("STS")) && opcode.contains(".128");
  }

  /** The label that a branch goes to; null if this is no branch to a label. */
  String target() {
    Matcher matcher = TARGET.matcher(operands);
    return name().equals("BRA") && matcher.find() ? matcher.group(1) : null;
  }

  /** Whether the next instruction is never executed after this one. */
  boolean endsPath() {
    return !predicated
        && switch (name()) {
          case "BRA", "EXIT", "RET", "BRX" -> true;
          default -> false;
        };
  }

  /** The number of the first register written, assuming that the first operand is one; -1: none. */
  int destination() {
    Matcher matcher = REGISTER.matcher(operands);
    return matcher.lookingAt() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  /** The numbers of all registers but the first operand. */
  List<Integer> sources() {
    List<Integer> sources = new ArrayList<>();
    int first = unit() == Unit.MEMORY && name().startsWith("ST") ? 0 : operands.indexOf(',') + 1;
    Matcher matcher = REGISTER.matcher(operands.substring(first));
    while (matcher.find()) {
      sources.add(Integer.parseInt(matcher.group(1)));
    }
    return sources;
  }
}
