package org.leash.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderLockTest {
  @TempDir Path folder;

  @Test
  void createsTheFolderAndNamesTheOwner() throws IOException {
    Path inner = folder.resolve("a/b");
    FolderLock lock = FolderLock.on(inner);
    assertThatThrownBy(() -> FolderLock.on(inner))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is in use by process " + ProcessHandle.current().pid() + ";");
    lock.close();
    assertThat(inner).isEmptyDirectory();
    FolderLock.on(inner).close();
  }

  /** Owners delete the file while others open it. */
  @Test
  void neverHasTwoOwners() throws IOException, InterruptedException, ExecutionException {
    AtomicInteger owners = new AtomicInteger();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> taken = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        taken.add(
            threads.submit(
                () -> {
                  int times = 0;
                  for (int i = 0; i < 300; i++) {
                    try (FolderLock lock = FolderLock.on(folder)) {
                      assertThat(owners.incrementAndGet()).as("owners of %s", lock).isOne();
                      owners.decrementAndGet();
                      times++;
                    } catch (IllegalArgumentException e) {
                      Thread.onSpinWait();
                    }
                  }
                  return times;
                }));
      }
      int sum = 0;
      for (Future<Integer> each : taken) {
        sum += each.get();
      }
      assertThat(sum).isPositive();
    }
  }
}
