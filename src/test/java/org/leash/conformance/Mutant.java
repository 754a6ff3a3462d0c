package org.leash.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A class with one mistake: an exchanged operator, a lost sign, a doubled constant, a negated
 * condition, or another bound or field.
 *
 * @param name of the class
 * @param what the mistake, with class, method and line
 * @param bytes the class file
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
record Mutant(String name, String what, byte[] bytes) {
  private static final Map<Opcode, Consumer<CodeBuilder>> OPERATORS =
      Map.of(
          Opcode.DADD, CodeBuilder::dsub,
          Opcode.DSUB, CodeBuilder::dadd,
          Opcode.DMUL, CodeBuilder::ddiv,
          Opcode.DDIV, CodeBuilder::dmul,
          Opcode.DNEG, CodeBuilder::nop,
          Opcode.IOR, CodeBuilder::iand);

  private static final Map<Opcode, Opcode> NEGATED =
      Map.of(
          Opcode.IFEQ, Opcode.IFNE,
          Opcode.IFNE, Opcode.IFEQ,
          Opcode.IFLT, Opcode.IFGE,
          Opcode.IFGE, Opcode.IFLT,
          Opcode.IFGT, Opcode.IFLE,
          Opcode.IFLE, Opcode.IFGT);

  /** Methods and fields that replace each other. */
  private static final Map<String, String> EXCHANGED =
      Map.ofEntries(
          Map.entry("clipLow", "clipHigh"),
          Map.entry("clipHigh", "clipLow"),
          Map.entry("dualClip", "clipHigh"),
          Map.entry("shapePositive", "shapeNegative"),
          Map.entry("shapeNegative", "shapePositive"),
          Map.entry("rolloutFloor", "rolloutCap"),
          Map.entry("rolloutCap", "rolloutFloor"),
          Map.entry("klCoefficient", "entropyCoefficient"),
          Map.entry("entropyCoefficient", "klCoefficient"),
          Map.entry("exp", "expm1"),
          Map.entry("expm1", "exp"),
          Map.entry("min", "max"),
          Map.entry("max", "min"),
          Map.entry("plus", "minus"),
          Map.entry("minus", "plus"),
          Map.entry("k3", "k3Slope"),
          Map.entry("k3Slope", "k3"),
          Map.entry("variable", "constant"),
          Map.entry("logprob", "oldLogprob"),
          Map.entry("oldLogprob", "logprob"),
          Map.entry("ratio", "ratioSlope"),
          Map.entry("ratioSlope", "ratio"),
          Map.entry("value", "slope"),
          Map.entry("slope", "value"));

  /** Calls to remove, so that their receiver is the result. */
  private static final Set<String> DROPPED = Set.of("stopped", "withSlopeOf", "clip", "sigmoid");

  /** Methods that are not part of a formula. */
  private static final Set<String> IGNORED =
      Set.of(
          "<init>",
          "<clinit>",
          "values",
          "valueOf",
          "$values",
          "abi",
          "estimate",
          "toString",
          "of",
          "hashCode",
          "equals");

  /** All mutants of a class. */
  static List<Mutant> of(Class<?> type) {
    byte[] original = bytes(type);
    ClassModel model = ClassFile.of().parse(original);
    List<Mutant> mutants = new ArrayList<>();
    for (MethodModel method : model.methods()) {
      String name = method.methodName().stringValue();
      if (IGNORED.contains(name) || method.code().isEmpty()) {
        continue;
      }
      int line = 0;
      int index = 0;
      for (CodeElement element : method.code().get()) {
        if (element instanceof LineNumber number) {
          line = number.line();
        }
        Consumer<CodeBuilder> mistake = mistake(element);
        if (mistake != null) {
          mutants.add(
              new Mutant(
                  type.getName(),
                  String.format(
                      Locale.ROOT, "%s.%s, line %d: %s", type.getName(), name, line, element),
                  with(model, method, index, mistake)));
        }
        index++;
      }
    }
    return mutants;
  }

  static byte[] bytes(Class<?> type) {
    String file = "/" + type.getName().replace('.', '/') + ".class";
    try (InputStream in = type.getResourceAsStream(file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] with(
      ClassModel model, MethodModel mutated, int index, Consumer<CodeBuilder> mistake) {
    CodeTransform transform =
        CodeTransform.ofStateful(
            () ->
                new CodeTransform() {
                  private int at;

                  @Override
                  public void accept(CodeBuilder builder, CodeElement element) {
                    if (at++ == index) {
                      mistake.accept(builder);
                    } else {
                      builder.with(element);
                    }
                  }
                });
    return ClassFile.of()
        .transformClass(
            model, ClassTransform.transformingMethodBodies(method -> method == mutated, transform));
  }

  /** A mistaken replacement of the instruction, or null if there is none. */
  private static Consumer<CodeBuilder> mistake(CodeElement element) {
    return switch (element) {
      case OperatorInstruction operator -> OPERATORS.get(operator.opcode());
      case BranchInstruction branch when NEGATED.containsKey(branch.opcode()) ->
          code -> code.branch(NEGATED.get(branch.opcode()), branch.target());
      case ConstantInstruction constant -> doubled(constant);
      case InvokeInstruction call -> other(call);
      case FieldInstruction field when field.opcode() == Opcode.GETFIELD -> other(field);
      default -> null;
    };
  }

  private static Consumer<CodeBuilder> doubled(ConstantInstruction constant) {
    if (constant.typeKind() == TypeKind.DOUBLE) {
      double value = (double) constant.constantValue();
      return code -> code.loadConstant(value == 0.0 ? 1.0 : 2.0 * value);
    }
    if (constant.typeKind() == TypeKind.INT) {
      int value = (int) constant.constantValue();
      return code -> code.loadConstant(value == 0 ? 1 : 0);
    }
    return null;
  }

  private static Consumer<CodeBuilder> other(InvokeInstruction call) {
    String name = call.name().stringValue();
    ClassDesc owner = call.owner().asSymbol();
    MethodTypeDesc type = call.typeSymbol();
    if (DROPPED.contains(name) && type.returnType().equals(owner)) {
      return code ->
          type.parameterList().reversed().stream()
              .map(TypeKind::from)
              .forEach(
                  kind -> {
                    if (kind.slotSize() == 2) {
                      code.pop2();
                    } else {
                      code.pop();
                    }
                  });
    }
    String instead = EXCHANGED.get(name);
    boolean exists =
        Stream.of(type(owner).getDeclaredMethods())
            .anyMatch(
                method ->
                    method.getName().equals(instead)
                        && MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                            .descriptorString()
                            .equals(type.descriptorString()));
    return exists
        ? code -> code.invoke(call.opcode(), owner, instead, type, call.isInterface())
        : null;
  }

  private static Consumer<CodeBuilder> other(FieldInstruction field) {
    String instead = EXCHANGED.get(field.name().stringValue());
    ClassDesc owner = field.owner().asSymbol();
    boolean exists =
        Stream.of(type(owner).getDeclaredFields())
            .anyMatch(
                each ->
                    each.getName().equals(instead)
                        && each.getType()
                            .descriptorString()
                            .equals(field.typeSymbol().descriptorString()));
    return exists ? code -> code.getfield(owner, instead, field.typeSymbol()) : null;
  }

  private static Class<?> type(ClassDesc owner) {
    String descriptor = owner.descriptorString();
    return type(descriptor.substring(1, descriptor.length() - 1).replace('/', '.'));
  }

  static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new LinkageError("cannot load " + name, e);
    }
  }
}
