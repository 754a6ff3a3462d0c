package org.leash.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.device.ByteColumn;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.device.StatisticsColumn;
import org.leash.loss.PolicyLoss;

/** A snapshot has every field of the arguments, whichever are added. */
final class SnapshotTest {
  @ParameterizedTest
  @MethodSource("org.leash.operation.Operation#all")
  <A extends Arguments> void takesEveryField(Operation<A> operation) throws Exception {
    try (Device device = Device.cpu(1)) {
      A arguments = operation.empty();
      List<Field> fields = fields(operation.arguments());
      for (Field field : fields) {
        field.set(arguments, value(field, device));
      }
      Snapshot<A> snapshot = new Snapshot<>(operation);
      A taken = snapshot.take(arguments);
      assertThat(taken).isNotSameAs(arguments);
      for (Field field : fields) {
        assertThat(field.get(taken)).as(field.getName()).isEqualTo(field.get(arguments));
      }
      snapshot.clear();
      A empty = operation.empty();
      for (Field field : fields) {
        assertThat(field.get(taken)).as(field.getName()).isEqualTo(field.get(empty));
      }
    }
  }

  @Test
  void keepsWhatItTook() {
    try (Device device = Device.cpu(1)) {
      FloatColumn first = device.floats(1);
      Entropy arguments = Entropy.of(device.matrix(1, 2, DType.F32)).entropy(first);
      Entropy taken = new Snapshot<>(Operation.ENTROPY).take(arguments);
      arguments.entropy(device.floats(7)).temperature(3);
      assertThat(taken.entropy()).isSameAs(first);
      assertThat(taken.temperature()).isEqualTo(1);
    }
  }

  private static List<Field> fields(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    for (Class<?> each = type; each != Object.class; each = each.getSuperclass()) {
      for (Field field : each.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
          field.setAccessible(true);
          fields.add(field);
        }
      }
    }
    return fields;
  }

  /** A value other than the default. */
  private static Object value(Field field, Device device) {
    Class<?> type = field.getType();
    if (type == Matrix.class) {
      return device.matrix(1, 2, DType.F32);
    } else if (type == FloatColumn.class) {
      return device.floats(1);
    } else if (type == IntColumn.class) {
      return device.ints(1);
    } else if (type == ByteColumn.class) {
      return device.bytes(1);
    } else if (type == StatisticsColumn.class) {
      return device.statistics(1);
    } else if (type == PolicyLoss.class) {
      return PolicyLoss.reinforce();
    } else if (type == float.class) {
      return 0.5f;
    } else if (type == boolean.class) {
      return true;
    }
    throw new AssertionError("no value for " + field);
  }
}
