package org.leash.benchmarks.machinecode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The instructions of one iteration of a loop, along one path.
 *
 * @param path in the order of execution
 */
record Loop(List<Instruction> path) {
  private static final int MOST = 64;

  /** What tells paths apart; of those with equal counts, only the shortest is of interest. */
  private record Counts(int exponentials, int loads, int stores) {
    Counts plus(Instruction instruction) {
      return new Counts(
          exponentials + (instruction.isExponential() ? 1 : 0),
          loads + (instruction.isVectorLoad() ? 1 : 0),
          stores + (instruction.isVectorStore() ? 1 : 0));
    }
  }

  /** A path, backwards. */
  private record Step(int index, Step before, int length) {
    Loop loop(List<Instruction> code) {
      List<Instruction> path = new ArrayList<>();
      for (Step step = this; step != null; step = step.before) {
        path.addFirst(code.get(step.index));
      }
      return new Loop(path);
    }
  }

  /** The path with the fewest instructions for each of its vectors, of all loops of a kernel. */
  static Optional<Loop> cheapest(
      DisassembledKernel kernel, Predicate<Loop> wanted, VectorsOf vectors) {
    List<Loop> all = new ArrayList<>();
    for (int i = 0; i < kernel.code().size(); i++) {
      int header = kernel.target(i);
      if (header >= 0 && header <= i) {
        paths(kernel, header, i).stream().filter(wanted).forEach(all::add);
      }
    }
    return all.stream().min(Comparator.comparingDouble(each -> each.slots() / vectors.of(each)));
  }

  /** The number of vectors that an iteration handles. */
  interface VectorsOf {
    double of(Loop loop);
  }

  /** The shortest paths from a header to a branch back to it, without iterations of inner loops. */
  private static List<Loop> paths(DisassembledKernel kernel, int header, int last) {
    List<Map<Counts, Step>> reached = new ArrayList<>();
    for (int i = header; i <= last; i++) {
      reached.add(new HashMap<>());
    }
    reached.get(0).put(new Counts(0, 0, 0), new Step(header, null, 1));
    Map<Counts, Step> complete = new HashMap<>();
    for (int i = header; i <= last; i++) {
      Instruction instruction = kernel.code().get(i);
      int target = kernel.target(i);
      for (Map.Entry<Counts, Step> entry : reached.get(i - header).entrySet()) {
        Counts counts = entry.getKey().plus(instruction);
        Step step = entry.getValue();
        if (counts.exponentials > MOST || counts.loads > MOST || counts.stores > MOST) {
          continue;
        }
        if (i == last) {
          complete.merge(counts, step, Loop::shorter);
          continue;
        }
        if (target > i && target <= last) {
          reach(reached.get(target - header), counts, target, step);
        }
        if (!instruction.endsPath()) {
          reach(reached.get(i + 1 - header), counts, i + 1, step);
        }
      }
    }
    return complete.values().stream().map(step -> step.loop(kernel.code())).toList();
  }

  private static void reach(Map<Counts, Step> at, Counts counts, int index, Step from) {
    at.merge(counts, new Step(index, from, from.length + 1), Loop::shorter);
  }

  private static Step shorter(Step a, Step b) {
    return a.length <= b.length ? a : b;
  }

  int slots() {
    return path.size();
  }

  long count(Instruction.Unit unit) {
    return path.stream().filter(each -> each.unit() == unit).count();
  }

  int exponentials() {
    return (int) path.stream().filter(Instruction::isExponential).count();
  }

  int loads() {
    return (int) path.stream().filter(Instruction::isVectorLoad).count();
  }

  int stores() {
    return (int) path.stream().filter(Instruction::isVectorStore).count();
  }

  /** Whether all vectors are loaded from global memory. */
  boolean loadsFromGlobal() {
    return path.stream()
        .filter(Instruction::isVectorLoad)
        .allMatch(each -> each.name().equals("LDG"));
  }

  /** The loads before the first instruction that needs what one of them loads. */
  int loadsBeforeUse() {
    List<Integer> loaded = new ArrayList<>();
    int loads = 0;
    for (Instruction each : path) {
      if (each.sources().stream().anyMatch(loaded::contains)) {
        return loads;
      }
      if (each.isVectorLoad()) {
        loads++;
        for (int i = 0; i < 4; i++) {
          loaded.add(each.destination() + i);
        }
      }
    }
    return loads;
  }
}
