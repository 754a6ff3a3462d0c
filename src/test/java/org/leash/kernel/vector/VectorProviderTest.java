package org.leash.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.leash.device.Device;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Variant;
import org.leash.operation.Operation;

/** The provider with and without the incubator module. */
class VectorProviderTest {

  @Test
  void isAvailableWithModule() {
    assertThat(new VectorProvider().variants())
        .hasSameSizeAs(Operation.all())
        .allMatch(Variant::available);
  }

  @Test
  void withoutModuleNamesFlagAndOtherVariantsWork() throws Exception {
    Process java =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    WithoutModule.class.getName()))
            .redirectErrorStream(true)
            .start();
    String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor()).as(output).isZero();
    assertThat(output.lines().filter(line -> line.contains("java-vector")))
        .hasSameSizeAs(Operation.all())
        .allMatch(line -> line.contains("--add-modules jdk.incubator.vector"));
  }

  /** Run in the child process: finds all kernels, and makes those of the scalar variant. */
  static final class WithoutModule {
    private WithoutModule() {}

    public static void main(String[] arguments) {
      try (Device device = Device.cpu(1)) {
        Catalogue catalogue = Catalogue.of(device);
        Operation.all().forEach(operation -> catalogue.kernel(operation, "java-scalar"));
        System.out.print(catalogue.describe());
      }
    }
  }
}
