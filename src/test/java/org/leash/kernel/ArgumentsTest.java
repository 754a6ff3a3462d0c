package org.leash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.leash.binding.LeashLibrary;
import org.leash.binding.NativeLayout;
import org.leash.device.Buffer;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.Matrix;
import org.leash.loss.PolicyLoss;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

final class ArgumentsTest {
  /** The C names of the arguments of a call, with their presence. */
  private static final class Names implements Arguments.Visitor {
    final List<String> fields = new ArrayList<>();
    final List<String> absent = new ArrayList<>();

    private void add(String name, Object value) {
      fields.add(name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT));
      if (value == null) {
        absent.add(name);
      }
    }

    @Override
    public void input(String name, Buffer column, boolean required) {
      add(name, column);
    }

    @Override
    public void output(String name, Buffer column, boolean required) {
      add(name, column);
    }

    @Override
    public void outputMatrix(String name, Matrix matrix, boolean required) {
      add(name, matrix);
    }

    @Override
    public void policy(String name, PolicyLoss policy) {
      add(name, policy);
    }
  }

  @Test
  void visitsEveryFieldOfStructOnce() {
    assumeTrue(LeashLibrary.isLoaded(), LeashLibrary::unavailable);
    try (Device device = Device.cpu(1)) {
      List<Arguments> all = Calls.all(device, 2, 3, DType.F32);
      assertThat(all).hasSameSizeAs(Operation.all());
      for (Arguments arguments : all) {
        String struct = "leash_" + Operation.of(arguments).id() + "_args";
        List<String> own = new ArrayList<>(NativeLayout.of(struct).offsets().keySet());
        own.remove("rows");
        Names names = new Names();
        arguments.accept(names);
        assertThat(names.fields).as(struct).containsExactlyInAnyOrderElementsOf(own);
        assertThat(names.absent).as(struct).isEmpty();
      }
    }
  }
}
