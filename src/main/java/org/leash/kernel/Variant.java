package org.leash.kernel;

import java.util.Set;
import org.leash.device.DType;
import org.leash.device.DeviceKind;
import org.leash.operation.Operation;

/**
 * One way of computing one operation on one kind of device.
 *
 * @param operation what it computes
 * @param name provider and technique, such as "java-vector" or "native-avx512"; unique for
 *     operation and device
 * @param device where it runs
 * @param dtypes types of logits that it takes
 * @param maxVocab longest row that it takes
 * @param takesArrays whether Java arrays serve as memory
 * @param reads how often it reads a row's logits from memory; 0 where that depends on the call, or
 *     is unknown without the native library
 * @param writes how often it writes a row of the output matrix; 0 where there is none
 * @param preference the available variant of highest preference is the best
 * @param description one line for people
 * @param reason why it is not available on this machine; "" when it is
 */
public record Variant(
    Operation<?> operation,
    String name,
    DeviceKind device,
    Set<DType> dtypes,
    long maxVocab,
    boolean takesArrays,
    int reads,
    int writes,
    int preference,
    String description,
    String reason) {

  /** Copies the dtypes. */
  public Variant {
    dtypes = Set.copyOf(dtypes);
  }

  /** Whether it runs on this machine. */
  public boolean available() {
    return reason.isEmpty();
  }
}
