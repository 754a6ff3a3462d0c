package org.leash.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.leash.binding.LeashLibrary;
import org.leash.kernel.Catalogue;
import org.leash.operation.Entropy;

/** Devices and buffers that nobody can use any more give back threads and memory. */
@Timeout(60)
final class DroppedTest {
  private static final int MEBI = 1 << 20;

  @Test
  void devicesGiveBackThreads() throws Exception {
    assumeTrue(LeashLibrary.isLoaded());
    long before = threads();
    for (int i = 0; i < 100; i++) {
      // Its calls keep nothing of it.
      Device dropped = Device.cpu(4);
      Entropy arguments = Entropy.of(dropped.matrix(1, 2, DType.F32)).entropy(dropped.floats(1));
      Catalogue.of(dropped).best(arguments).run(arguments);
    }
    await(() -> threads() < before + 30);
  }

  @Test
  void buffersGiveBackMemory() throws Exception {
    try (Device device = Device.cpu(1)) {
      long before = resident();
      for (int i = 0; i < 16; i++) {
        device.bytes(64 * MEBI).memory().fill((byte) 1);
        if (i % 4 == 3) {
          await(() -> resident() < before + 128 * MEBI);
        }
      }
    }
  }

  @Test
  void segmentsKeepMemoryOfDroppedBuffersAndDevices() throws Exception {
    MemorySegment segment = Device.cpu(1).bytes(64 * MEBI).memory().asSlice(MEBI, MEBI);
    segment.fill((byte) 7);
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(segment.scope().isAlive()).isTrue();
    assertThat(segment.get(ValueLayout.JAVA_BYTE, MEBI - 1)).isEqualTo((byte) 7);
  }

  @Test
  void buffersOfDroppedDevicesCanBeClosed() throws Exception {
    ByteColumn column = Device.cpu(1).bytes(10);
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(20);
    }
    MemorySegment memory = column.memory();
    column.close();
    assertThat(memory.scope().isAlive()).isFalse();
  }

  @Test
  void droppedDevicesAreReported() throws Exception {
    AtomicReference<LogRecord> warning = new AtomicReference<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            if (isOpenedHere(record.getThrown())) {
              warning.set(record);
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("org.leash");
    logger.addHandler(handler);
    try {
      assertThat(Device.cpu(1).isClosed()).isFalse();
      await(() -> warning.get() != null);
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(warning.get().getMessage()).contains("was dropped without close()");
  }

  private static boolean isOpenedHere(Throwable opened) {
    return Stream.of(opened.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("droppedDevicesAreReported"));
  }

  @Test
  void closedDevicesForgetDroppedBuffers() throws Exception {
    // Buffers of every age at the close: in use, dropped, collected.
    for (int i = 0; i < 50; i++) {
      Device device = Device.cpu(1);
      List<Buffer> kept = new ArrayList<>();
      for (int j = 0; j < 40; j++) {
        FloatColumn column = device.floats(100);
        if (j % 4 == 0) {
          kept.add(column);
        }
      }
      if (i % 5 == 0) {
        System.gc();
      }
      device.close();
      assertThat(kept).allMatch(buffer -> !buffer.location().scope().isAlive());
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  /** Collects garbage until a condition holds; a timeout ends the test otherwise. */
  private static void await(Condition condition) throws Exception {
    while (!condition.holds()) {
      System.gc();
      Thread.sleep(20);
    }
  }

  private static long threads() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.count();
    }
  }

  private static long resident() throws IOException {
    String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ", 3);
    return Long.parseLong(pages[1]) * 4096;
  }
}
