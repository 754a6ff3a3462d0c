package org.leash.benchmarks.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Distribution;
import org.leash.benchmarks.input.Task;
import org.leash.device.DType;
import org.leash.device.DeviceKind;

/** What can be run by name. */
public enum Suite {
  /**
   * Every operation at one of its main shapes, the two that matter most at both: for a first look,
   * in minutes.
   */
  QUICK(new Effort(5, 8, 120, 8), true, List.of(Setting.PLAIN)) {
    @Override
    void choose(Selection cases) {
      for (int[] shape : MAIN_SHAPES) {
        for (DType dtype : List.of(DType.F32, DType.BF16)) {
          for (Task task : List.of(Task.TOKEN_STATISTICS, Task.POLICY_GRADIENT)) {
            cases.add(task, dtype, shape, Distribution.PEAKED);
          }
        }
      }
      for (Task task : List.of(Task.LOG_SOFTMAX, Task.ENTROPY, Task.LOGITS_GRADIENT)) {
        cases.addOnAllThreads(task, DType.F32, MAIN_SHAPES[0], Distribution.PEAKED);
      }
      cases.addOnAllThreads(Task.TOKEN_STATISTICS, DType.F32, MAIN_SHAPES[0], Distribution.NORMAL);
    }
  },

  /** Every operation over dtypes, vocabularies, rows and distributions: hours. */
  CPU(new Effort(5, 8, 500, 20), true, List.of(Setting.PLAIN)) {
    @Override
    void choose(Selection cases) {
      for (Task task : Task.values()) {
        for (DType dtype : DType.values()) {
          for (int vocab : VOCABULARIES) {
            cases.add(task, dtype, new int[] {64, vocab}, Distribution.PEAKED);
          }
          for (int rows : ROWS) {
            cases.add(task, dtype, new int[] {rows, 151936}, Distribution.PEAKED);
          }
          for (int[] shape : MAIN_SHAPES) {
            cases.add(task, dtype, shape, Distribution.PEAKED);
            cases.add(task, dtype, shape, Distribution.NORMAL);
          }
        }
      }
    }
  },

  /** Our kernels beside what a JVM user would take instead; needs the Maven profile peers. */
  PEERS(
      new Effort(5, 8, 500, 20),
      false,
      List.of(
          Setting.peers(true, "onnxruntime", "pytorch"),
          Setting.peers(false, "onnxruntime", "pytorch"),
          // In a process of its own: two versions of PyTorch's library do not live in one.
          Setting.peers(true, "djl"),
          Setting.peers(false, "djl"))) {
    @Override
    void choose(Selection cases) {
      for (int[] shape : MAIN_SHAPES) {
        cases.add(Task.TOKEN_STATISTICS, DType.F32, shape, Distribution.PEAKED);
        cases.add(Task.POLICY_GRADIENT, DType.F32, shape, Distribution.PEAKED);
      }
    }
  },

  /**
   * Every operation on a GPU, at the rows of a training step and at few; those that matter most
   * come first, as machines may be lent by the hour.
   */
  GPU(new Effort(5, 8, 30, 4), false, List.of(Setting.PLAIN)) {
    @Override
    void choose(Selection cases) {
      for (List<Task> tasks :
          List.of(
              List.of(Task.POLICY_GRADIENT, Task.TOKEN_STATISTICS),
              List.of(Task.LOG_SOFTMAX, Task.ENTROPY, Task.LOGITS_GRADIENT))) {
        for (DType dtype : List.of(DType.BF16, DType.F32, DType.F16)) {
          for (int vocab : GPU_VOCABULARIES) {
            for (int rows : GPU_ROWS) {
              for (Task task : tasks) {
                cases.add(task, dtype, new int[] {rows, vocab}, Distribution.PEAKED);
              }
            }
          }
        }
      }
    }

    @Override
    public DeviceKind device() {
      return DeviceKind.CUDA;
    }
  };

  /** Rows and vocabulary. */
  private static final int[][] MAIN_SHAPES = {{256, 32768}, {64, 151936}};

  /** Of Llama 2, GPT-2, Llama 3, Qwen 2.5 and Gemma 3. */
  private static final int[] VOCABULARIES = {32000, 50257, 128256, 151936, 262144};

  /** The same, Qwen's before the others. */
  private static final int[] GPU_VOCABULARIES = {151936, 128256, 262144, 32000, 50257};

  private static final int[] GPU_ROWS = {8192, 64, 16, 4, 1};

  private static final int[] ROWS = {1, 4, 16, 256, 1024};

  private final Effort effort;
  private final boolean measuresDispatch;
  private final List<Setting> settings;

  Suite(Effort effort, boolean measuresDispatch, List<Setting> settings) {
    this.effort = effort;
    this.measuresDispatch = measuresDispatch;
    this.settings = settings;
  }

  abstract void choose(Selection cases);

  /** Where its kernels run. */
  public DeviceKind device() {
    return DeviceKind.CPU;
  }

  /** The cases, each once whatever the thread counts. */
  public List<Case> cases() {
    return cases(new int[] {device() == DeviceKind.CPU ? 1 : Case.ON_GPU});
  }

  public Effort effort() {
    return effort;
  }

  /** Whether the cost of a call from Java is compared with that of one from C. */
  boolean measuresDispatch() {
    return measuresDispatch;
  }

  List<Setting> settings() {
    return settings;
  }

  Setting setting(String id) {
    return settings.stream()
        .filter(setting -> setting.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(this + " has no setting '" + id + "'"));
  }

  /**
   * The cases; of a CPU, those that share inputs beside each other.
   *
   * @param threads thread counts, the largest being all
   */
  List<Case> cases(int[] threads) {
    Selection selection = new Selection(threads);
    choose(selection);
    return device() == DeviceKind.CPU ? selection.sorted() : List.copyOf(selection.cases);
  }

  /** Collects cases, each once. */
  static final class Selection {
    private final int[] threads;
    private final Set<Case> cases = new LinkedHashSet<>();

    private Selection(int[] threads) {
      this.threads = threads;
    }

    void add(Task task, DType dtype, int[] shape, Distribution distribution) {
      for (int count : threads) {
        cases.add(new Case(task, dtype, shape[0], shape[1], distribution, count));
      }
    }

    void addOnAllThreads(Task task, DType dtype, int[] shape, Distribution distribution) {
      int most = Arrays.stream(threads).max().orElseThrow();
      cases.add(new Case(task, dtype, shape[0], shape[1], distribution, most));
    }

    private List<Case> sorted() {
      List<Case> rest = new ArrayList<>(cases);
      List<Case> sorted = new ArrayList<>();
      while (!rest.isEmpty()) {
        Case first = rest.getFirst();
        rest.stream().filter(first::sharesInputs).forEach(sorted::add);
        rest.removeIf(first::sharesInputs);
      }
      return sorted;
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
