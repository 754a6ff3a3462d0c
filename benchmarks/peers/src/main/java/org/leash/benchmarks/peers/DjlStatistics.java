package org.leash.benchmarks.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Workload;

/** {@code logSoftmax}, {@code gather}, and the entropy as {@code -(exp(logp) * logp).sum(1)}. */
final class DjlStatistics extends PeerContender {
  private final NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
  private final List<NDArray> logits = new ArrayList<>();
  private final NDArray targets;
  private NDList outputs = new NDList();

  DjlStatistics(int threads, Inputs inputs, Workload workload, Expected expected) {
    super("djl", workload, expected);
    JniUtils.setNumThreads(threads);
    Shape shape = new Shape(inputs.rows(), inputs.vocab());
    for (int copy = 0; copy < workload.copies(); copy++) {
      logits.add(
          manager.create(
              workload.logits(copy).memory().asByteBuffer().order(ByteOrder.nativeOrder()),
              shape,
              DataType.FLOAT32));
    }
    targets =
        manager
            .create(inputs.columns().targets().toArray(), new Shape(inputs.rows(), 1))
            .toType(DataType.INT64, true);
  }

  @Override
  void compute(int copy) {
    forget();
    try (NDManager scope = manager.newSubManager()) {
      NDArray input = logits.get(copy);
      NDArray logprobs = input.logSoftmax(1);
      logprobs.attach(scope);
      NDArray gathered = logprobs.gather(targets, 1);
      NDArray product = logprobs.exp().mul(logprobs);
      outputs = new NDList(gathered.squeeze(1), product.sum(new int[] {1}).neg());
      outputs.attach(manager);
    }
  }

  @Override
  void forget() {
    outputs.close();
    outputs = new NDList();
  }

  @Override
  Map<String, float[]> columns() {
    return Map.of(
        "logprob", outputs.get(0).toFloatArray(), "entropy", outputs.get(1).toFloatArray());
  }

  @Override
  public void close() {
    forget();
    manager.close();
  }
}
