package org.leash.benchmarks.peers;

import ai.onnxruntime.OrtException;
import java.util.List;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Workload;
import org.leash.benchmarks.measure.Contender;
import org.leash.benchmarks.measure.PeerSource;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.KernelCase;
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
      KernelCase kernelCase, Inputs inputs, Workload workload, Expected expected) {
    if (kernelCase.dtype() != DType.F32 || kernelCase.contract() != Contract.TOKEN_STATISTICS) {
      return List.of();
    }
    try {
      return List.of(new OnnxRuntimeStatistics(kernelCase.threads(), inputs, workload, expected));
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
    }
  }
}
