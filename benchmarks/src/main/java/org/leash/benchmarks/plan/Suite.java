package org.leash.benchmarks.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.leash.device.DType;
import org.leash.device.DeviceKind;
import org.leash.kernel.Variant;
import org.leash.kernel.panama.Choice;

/** Named sets of cases with their default effort. */
public enum Suite {
  /**
   * Minutes: every operation at one main shape, token statistics and the policy gradient at both.
   */
  QUICK(new Effort(5, 8, 120, 8), true, List.of(ProcessSetting.PLAIN)) {
    @Override
    void choose(Selection cases) {
      for (int[] shape : MAIN_SHAPES) {
        for (DType dtype : List.of(DType.F32, DType.BF16)) {
          for (Contract contract : MAIN_CONTRACTS) {
            cases.add(contract, dtype, shape, LogitDistribution.PEAKED);
          }
        }
      }
      for (Contract contract : OTHER_CONTRACTS) {
        cases.addOnAllThreads(contract, DType.F32, MAIN_SHAPES[0], LogitDistribution.PEAKED);
      }
      cases.addOnAllThreads(
          Contract.TOKEN_STATISTICS, DType.F32, MAIN_SHAPES[0], LogitDistribution.NORMAL);
    }
  },

  /** Hours: every operation over dtypes, vocabularies, rows and distributions. */
  CPU(new Effort(5, 8, 500, 20), true, List.of(ProcessSetting.PLAIN)) {
    @Override
    void choose(Selection cases) {
      for (Contract contract : Contract.values()) {
        for (DType dtype : DType.values()) {
          for (int vocab : VOCABULARIES) {
            cases.add(contract, dtype, new int[] {64, vocab}, LogitDistribution.PEAKED);
          }
          for (int rows : ROWS) {
            cases.add(contract, dtype, new int[] {rows, 151936}, LogitDistribution.PEAKED);
          }
          for (int[] shape : MAIN_SHAPES) {
            cases.add(contract, dtype, shape, LogitDistribution.PEAKED);
            cases.add(contract, dtype, shape, LogitDistribution.NORMAL);
          }
        }
      }
    }
  },

  /** Our kernels and the alternatives of a JVM user; needs the Maven profile peers. */
  PEERS(
      new Effort(5, 8, 500, 20),
      false,
      List.of(
          ProcessSetting.peers(true, "onnxruntime", "pytorch"),
          ProcessSetting.peers(false, "onnxruntime", "pytorch"),
          // Two versions of PyTorch's native library cannot share a process.
          ProcessSetting.peers(true, "djl"),
          ProcessSetting.peers(false, "djl"))) {
    @Override
    void choose(Selection cases) {
      for (int[] shape : MAIN_SHAPES) {
        for (Contract contract : MAIN_CONTRACTS) {
          cases.add(contract, DType.F32, shape, LogitDistribution.PEAKED);
        }
      }
    }
  },

  /**
   * Every operation on a GPU, at the rows of a training step and at few. The most important cases
   * come first, since GPU time may run out.
   */
  GPU(new Effort(5, 8, 30, 4), false, List.of(ProcessSetting.PLAIN)) {
    @Override
    void choose(Selection cases) {
      for (List<Contract> contracts : List.of(MAIN_CONTRACTS.reversed(), OTHER_CONTRACTS)) {
        for (DType dtype : List.of(DType.BF16, DType.F32, DType.F16)) {
          for (int vocab : GPU_VOCABULARIES) {
            for (int rows : GPU_ROWS) {
              for (Contract contract : contracts) {
                cases.add(contract, dtype, new int[] {rows, vocab}, LogitDistribution.PEAKED);
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
  },

  /** The {@link Candidates} for native-auto on a GPU; {@code leash-bench tune} evaluates them. */
  TUNE(new Effort(5, 6, 30, 4, 20, 1), false, List.of(ProcessSetting.PLAIN)) {
    @Override
    void choose(Selection cases) {
      for (DType dtype : List.of(DType.BF16, DType.F32)) {
        for (int vocab : TUNED_VOCABULARIES) {
          for (int rows : TUNED_ROWS) {
            for (Contract contract : MAIN_CONTRACTS) {
              cases.add(contract, dtype, new int[] {rows, vocab}, LogitDistribution.PEAKED);
            }
          }
        }
      }
    }

    @Override
    public DeviceKind device() {
      return DeviceKind.CUDA;
    }

    @Override
    public List<Choice> candidates(KernelCase kernelCase) {
      return Candidates.of(kernelCase);
    }
  };

  private static final List<Contract> MAIN_CONTRACTS =
      List.of(Contract.TOKEN_STATISTICS, Contract.POLICY_GRADIENT);

  private static final List<Contract> OTHER_CONTRACTS =
      Stream.of(Contract.values()).filter(each -> !MAIN_CONTRACTS.contains(each)).toList();

  /** Rows and vocabulary. */
  private static final int[][] MAIN_SHAPES = {{256, 32768}, {64, 151936}};

  /** Vocabularies of Llama 2, GPT-2, Llama 3, Qwen 2.5 and Gemma 3. */
  private static final int[] VOCABULARIES = {32000, 50257, 128256, 151936, 262144};

  /** The same vocabularies, Qwen 2.5's first. */
  private static final int[] GPU_VOCABULARIES = {151936, 128256, 262144, 32000, 50257};

  private static final int[] GPU_ROWS = {8192, 64, 16, 4, 1};

  /** Far enough apart for other choices, which hold up to the middles between them. */
  private static final int[] TUNED_VOCABULARIES = {32000, 128256, 262144};

  private static final int[] TUNED_ROWS = {4, 64, 1024, 8192};

  private static final int[] ROWS = {1, 4, 16, 256, 1024};

  private final Effort effort;
  private final boolean measuresDispatch;
  private final List<ProcessSetting> settings;

  Suite(Effort effort, boolean measuresDispatch, List<ProcessSetting> settings) {
    this.effort = effort;
    this.measuresDispatch = measuresDispatch;
    this.settings = settings;
  }

  abstract void choose(Selection cases);

  /** Device that the kernels run on. */
  public DeviceKind device() {
    return DeviceKind.CPU;
  }

  /**
   * Entries of the table of choices to be measured as contenders of a case; most suites have none.
   */
  public List<Choice> candidates(KernelCase kernelCase) {
    return List.of();
  }

  /** Names of our contenders of a case on a GPU. */
  List<String> contendersOnGpu(KernelCase kernelCase) {
    List<Choice> candidates = candidates(kernelCase);
    return Stream.concat(
            candidates.isEmpty()
                ? kernelCase.cudaVariants().stream().map(Variant::name)
                : candidates.stream().map(Choice::label),
            Stream.of(Candidates.AUTO))
        .toList();
  }

  /** Every case once, regardless of thread counts. */
  public List<KernelCase> cases() {
    return cases(new int[] {device() == DeviceKind.CPU ? 1 : KernelCase.ON_GPU});
  }

  public Effort effort() {
    return effort;
  }

  /** Whether the suite includes the {@link DispatchCase}s. */
  boolean measuresDispatch() {
    return measuresDispatch;
  }

  public List<ProcessSetting> settings() {
    return settings;
  }

  public ProcessSetting setting(String id) {
    return settings.stream()
        .filter(setting -> setting.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(this + " has no setting '" + id + "'"));
  }

  /**
   * Cases of some thread counts; on a CPU, cases that share inputs are adjacent.
   *
   * @param threads thread counts, of which the largest means all
   */
  List<KernelCase> cases(int[] threads) {
    Selection selection = new Selection(threads);
    choose(selection);
    return device() == DeviceKind.CPU ? selection.sorted() : List.copyOf(selection.cases);
  }

  /** Collects distinct cases. */
  static final class Selection {
    private final int[] threads;
    private final Set<KernelCase> cases = new LinkedHashSet<>();

    private Selection(int[] threads) {
      this.threads = threads;
    }

    void add(Contract contract, DType dtype, int[] shape, LogitDistribution distribution) {
      for (int count : threads) {
        cases.add(new KernelCase(contract, dtype, shape[0], shape[1], distribution, count));
      }
    }

    void addOnAllThreads(
        Contract contract, DType dtype, int[] shape, LogitDistribution distribution) {
      int most = Arrays.stream(threads).max().orElseThrow();
      cases.add(new KernelCase(contract, dtype, shape[0], shape[1], distribution, most));
    }

    private List<KernelCase> sorted() {
      List<KernelCase> rest = new ArrayList<>(cases);
      List<KernelCase> sorted = new ArrayList<>();
      while (!rest.isEmpty()) {
        KernelCase first = rest.getFirst();
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
