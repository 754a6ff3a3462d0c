package org.leash.benchmarks.peers;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Workload;

/** The workload's copies of the logits, and the columns, as tensors on the same memory. */
final class PyTorchInputs implements AutoCloseable {
  final List<Tensor> logits = new ArrayList<>();
  final Tensor targets;
  final Tensor advantage;
  final Tensor oldLogprob;
  final Tensor weight;

  PyTorchInputs(Inputs inputs, Workload workload) {
    for (int copy = 0; copy < workload.copies(); copy++) {
      logits.add(floats(workload.logits(copy).memory(), inputs.rows(), inputs.vocab()));
    }
    targets =
        torch
            .from_blob(
                pointer(inputs.columns().targets().memory()),
                new long[] {inputs.rows(), 1},
                new TensorOptions(torch.ScalarType.Int))
            .to(torch.ScalarType.Long);
    advantage = floats(inputs.columns().advantage().memory(), inputs.rows());
    oldLogprob = floats(inputs.columns().oldLogprob().memory(), inputs.rows());
    weight = floats(inputs.columns().weight().memory(), inputs.rows());
  }

  private static Tensor floats(MemorySegment memory, long... sizes) {
    return torch.from_blob(pointer(memory), sizes, new TensorOptions(torch.ScalarType.Float));
  }

  private static Pointer pointer(MemorySegment memory) {
    return new Address(memory.address());
  }

  /** A pointer of JavaCPP to memory that is not its own. */
  private static final class Address extends Pointer {
    Address(long value) {
      address = value;
    }
  }

  /** Copies a tensor's values to the heap. */
  static float[] values(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.numel())];
    try (Tensor dense = tensor.detach().contiguous();
        FloatPointer data = new FloatPointer(dense.data_ptr_float())) {
      data.get(values);
    }
    return values;
  }

  @Override
  public void close() {
    logits.forEach(Tensor::close);
    List.of(targets, advantage, oldLogprob, weight).forEach(Tensor::close);
  }
}
