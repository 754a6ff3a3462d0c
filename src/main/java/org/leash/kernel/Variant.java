package org.leash.kernel;

import java.util.Set;
import org.leash.device.DType;
import org.leash.device.DeviceKind;
import org.leash.operation.Operation;

/**
 * An implementation of an operation for a kind of device.
 *
 * @param operation the operation
 * @param name provider and technique, such as "java-vector" or "native-avx512"; unique per
 *     operation and kind of device
 * @param device the kind of device
 * @param dtypes supported dtypes of logits
 * @param maxVocab longest supported row, in elements
 * @param takesArrays whether buffers may be Java arrays
 * @param reads passes that read the row of logits from memory; 0 if this depends on the call, or is
 *     unknown without the native library
 * @param writes passes that write the row of the output matrix; 0 if there is none
 * @param preference the best available variant has the highest
 * @param description a one-line description
 * @param reason why the variant is unavailable on this machine; "" if it is available
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

  /** Whether the variant runs on this machine. */
  public boolean available() {
    return reason.isEmpty();
  }
}
