package org.leash.kernel.panama;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import org.leash.binding.NativeLayout;
import org.leash.binding.PinnedStruct;
import org.leash.binding.generated.leash_matrix;
import org.leash.binding.generated.leash_policy_loss;
import org.leash.binding.generated.leash_rows;
import org.leash.device.Buffer;
import org.leash.device.Matrix;
import org.leash.loss.PolicyLoss;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/**
 * Writes arguments into their operation's struct, {@code leash_NAME_args}. Allocates nothing from
 * the second call on. Not thread-safe.
 */
final class ArgumentStruct implements Arguments.Visitor {
  private final NativeLayout layout;
  private final PinnedStruct struct;
  private final long rows;

  // Offsets of the fields in the order in which they are visited.
  private long[] offsets = {};
  private int next;

  /**
   * @param variant id of the variant that it asks for
   */
  ArgumentStruct(Operation<?> operation, int variant) {
    layout = NativeLayout.of("leash_" + operation.id() + "_args");
    struct = new PinnedStruct(layout);
    rows = layout.offset("rows");
    struct.put(rows + leash_rows.variant$offset(), variant);
  }

  PinnedStruct struct() {
    return struct;
  }

  /** Writes all arguments and pins their memory. */
  void write(Arguments arguments) {
    // Of a call whose stack overflowed while it ended.
    struct.release();
    next = 0;
    matrix(rows + leash_rows.logits$offset(), arguments.logits());
    point(rows + leash_rows.temperatures$offset(), arguments.temperatures());
    point(rows + leash_rows.mask$offset(), arguments.mask());
    struct.put(rows + leash_rows.temperature$offset(), arguments.temperature());
    arguments.accept(this);
  }

  @Override
  public void input(String name, Buffer column, boolean required) {
    point(offset(name), column);
  }

  @Override
  public void output(String name, Buffer column, boolean required) {
    point(offset(name), column);
  }

  @Override
  public void outputMatrix(String name, Matrix matrix, boolean required) {
    matrix(offset(name), matrix);
  }

  @Override
  public void policy(String name, PolicyLoss policy) {
    long offset = offset(name);
    struct.put(offset + leash_policy_loss.kind$offset(), Ids.of(policy.surrogate()));
    struct.put(offset + leash_policy_loss.kl$offset(), Ids.of(policy.kl()));
    struct.put(offset + leash_policy_loss.rollout$offset(), Ids.of(policy.rollout()));
    number(offset + leash_policy_loss.clip_low$offset(), policy.clipLow());
    number(offset + leash_policy_loss.clip_high$offset(), policy.clipHigh());
    number(offset + leash_policy_loss.dual_clip$offset(), policy.dualClip());
    number(offset + leash_policy_loss.shape_positive$offset(), policy.shapePositive());
    number(offset + leash_policy_loss.shape_negative$offset(), policy.shapeNegative());
    number(offset + leash_policy_loss.rollout_floor$offset(), policy.rolloutFloor());
    number(offset + leash_policy_loss.rollout_cap$offset(), policy.rolloutCap());
    number(offset + leash_policy_loss.kl_coefficient$offset(), policy.klCoefficient());
    number(offset + leash_policy_loss.entropy_coefficient$offset(), policy.entropyCoefficient());
    number(offset + leash_policy_loss.kl_bound$offset(), policy.klBound());
  }

  /** Offset of the field that is visited next. */
  private long offset(String name) {
    return next < offsets.length ? offsets[next++] : lookUp(name);
  }

  /** The first visit of a field. */
  private long lookUp(String name) {
    long offset = layout.offset(snakeCase(name));
    long[] more = Arrays.copyOf(offsets, next + 1);
    more[next++] = offset;
    offsets = more;
    return offset;
  }

  /** "grad_logprob" of "gradLogprob". */
  private static String snakeCase(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /** Writes a matrix; null means none. */
  private void matrix(long offset, Matrix matrix) {
    point(offset + leash_matrix.data$offset(), matrix);
    if (matrix != null) {
      struct.put(offset + leash_matrix.rows$offset(), matrix.rows());
      struct.put(offset + leash_matrix.vocab$offset(), matrix.vocab());
      struct.put(offset + leash_matrix.row_stride$offset(), matrix.rowStride());
      struct.put(offset + leash_matrix.dtype$offset(), Ids.of(matrix.dtype()));
    }
  }

  /** Writes a pointer to a buffer, NULL for null, and pins its memory. */
  private void point(long offset, Buffer buffer) {
    struct.point(offset, buffer == null ? MemorySegment.NULL : buffer.location());
  }

  private void number(long offset, double value) {
    struct.put(offset, (float) value);
  }
}
