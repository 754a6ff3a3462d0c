package org.leash.benchmarks.peers;

import ai.onnxruntime.OrtException;
import java.util.List;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Task;
import org.leash.benchmarks.run.Contender;
import org.leash.benchmarks.run.PeerSource;
import org.leash.benchmarks.run.Workload;
import org.leash.device.DType;

/** ONNX Runtime: token statistics. Its Java package is for inference and has no gradients. */
public final class OnnxRuntimeSource implements PeerSource {
  @Override
  public String id() {
    return "onnxruntime";
  }

  @Override
  public String version() {
    return Versions.of(id());
  }

  @Override
  public List<Contender> contenders(
      Case described, Inputs inputs, Workload workload, Expected expected) {
    if (described.dtype() != DType.F32 || described.task() != Task.TOKEN_STATISTICS) {
      return List.of();
    }
    try {
      return List.of(new OnnxRuntimeStatistics(described.threads(), inputs, workload, expected));
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
    }
  }
}
