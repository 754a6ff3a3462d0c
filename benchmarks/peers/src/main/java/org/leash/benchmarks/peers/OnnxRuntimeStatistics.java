package org.leash.benchmarks.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Workload;

/** The graph of {@link OnnxModel} on tensors that share the workload's memory. */
final class OnnxRuntimeStatistics extends PeerContender {
  private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
  private final OrtSession session;
  private final List<Map<String, OnnxTensor>> tensors = new ArrayList<>();
  private OrtSession.Result outputs;

  OnnxRuntimeStatistics(int threads, Inputs inputs, Workload workload, Expected expected)
      throws OrtException {
    super("onnxruntime", workload, expected);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    options.setIntraOpNumThreads(threads);
    session = environment.createSession(OnnxModel.tokenStatistics(), options);
    long[] targets = new long[inputs.rows()];
    for (int row = 0; row < targets.length; row++) {
      targets[row] = inputs.columns().targets().get(row);
    }
    OnnxTensor columns =
        OnnxTensor.createTensor(
            environment, LongBuffer.wrap(targets), new long[] {inputs.rows(), 1});
    for (int copy = 0; copy < workload.copies(); copy++) {
      OnnxTensor logits =
          OnnxTensor.createTensor(
              environment,
              workload
                  .logits(copy)
                  .memory()
                  .asByteBuffer()
                  .order(ByteOrder.nativeOrder())
                  .asFloatBuffer(),
              new long[] {inputs.rows(), inputs.vocab()});
      tensors.add(Map.of(OnnxModel.LOGITS, logits, OnnxModel.TARGETS, columns));
    }
  }

  @Override
  void compute(int copy) {
    forget();
    try {
      outputs = session.run(tensors.get(copy));
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
    }
  }

  @Override
  void forget() {
    if (outputs != null) {
      outputs.close();
      outputs = null;
    }
  }

  @Override
  Map<String, float[]> columns() {
    return Map.of("logprob", values(OnnxModel.LOGPROB), "entropy", values(OnnxModel.ENTROPY));
  }

  private float[] values(String name) {
    OnnxTensor tensor = (OnnxTensor) outputs.get(name).orElseThrow();
    float[] values = new float[(int) tensor.getInfo().getNumElements()];
    tensor.getFloatBuffer().get(values);
    return values;
  }

  @Override
  public void close() {
    forget();
    tensors.forEach(each -> each.get(OnnxModel.LOGITS).close());
    tensors.getFirst().get(OnnxModel.TARGETS).close();
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
    }
    options.close();
  }
}
