package org.leash.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.leash.device.Buffer;
import org.leash.device.Device;

/**
 * The buffers of one call of a kernel: whether the call can use them, and that nobody closes them
 * before it has ended. Memory of devices cannot be closed while held, whatever computes; wrapped
 * memory is the caller's to keep open.
 *
 * <p>Reusable; allocates only for more buffers than ever before, and when it throws. For one thread
 * at a time.
 */
public final class Holds {
  /**
   * The value of the system property {@value #MAPPED} with which native code takes mapped files.
   */
  private static final String TRUSTED = "trusted";

  private static final String MAPPED = "leash.mapped";

  private final Device device;
  private final String call;
  private final boolean isNative;

  private String[] names = {};
  private Buffer[] buffers = {};
  private int count;
  private volatile Thread thread;

  /**
   * Holds nothing.
   *
   * @param device on which the calls run
   * @param call what runs, for messages, such as "entropy by java-scalar"
   * @param isNative whether native code uses the memory
   */
  public Holds(Device device, String call, boolean isNative) {
    this.device = device;
    this.call = call;
    this.isNative = isNative;
  }

  /**
   * Holds a buffer, if the call can use it.
   *
   * @param name for messages
   * @throws IllegalArgumentException the device cannot reach the memory, or native code would have
   *     to use a Java array or a mapped file
   * @throws IllegalStateException the memory is closed
   * @throws WrongThreadException the memory is confined to another thread
   */
  public void add(String name, Buffer buffer) {
    if (count == buffers.length) {
      names = Arrays.copyOf(names, count + 1);
      buffers = Arrays.copyOf(buffers, count + 1);
    }
    names[count] = name;
    buffers[count] = buffer;
    thread = Thread.currentThread();
    MemorySegment location = buffer.location();
    if (!location.scope().isAlive()
        || !location.isAccessibleBy(thread)
        || (isNative && !buffer.isSafeInNativeCode() && !isTrusted(buffer))
        || !buffer.isReachableFrom(device)
        || !buffer.hold(this)) {
      throw unusable(name, buffer);
    }
    // Not before it is held: release() undoes exactly this many.
    count++;
  }

  private static boolean isTrusted(Buffer buffer) {
    return !buffer.isHeap() && TRUSTED.equals(System.getProperty(MAPPED));
  }

  private RuntimeException unusable(String name, Buffer buffer) {
    if (!buffer.location().isAccessibleBy(Thread.currentThread())) {
      return new WrongThreadException(
          "%s (%s) belongs to another thread; use memory of a Device or of a shared arena"
              .formatted(name, buffer));
    }
    if (buffer.location().scope().isAlive() && isNative && buffer.isHeap()) {
      return new IllegalArgumentException(
          "%s (%s) is a Java array, which %s cannot use; copy it into memory of a Device, or use"
                  .formatted(name, buffer, call)
              + " the variant found by Catalogue.best(arguments)");
    }
    if (buffer.location().scope().isAlive() && isNative && !buffer.isSafeInNativeCode()) {
      return new IllegalArgumentException(
          ("%s (%s) is a mapped file, which kills the JVM if it is cut short while %s reads it;"
                  + " copy it into memory of a Device, use a Java variant, or set -D%s=%s if nobody"
                  + " shortens the file")
              .formatted(name, buffer, call, MAPPED, TRUSTED));
    }
    if (!buffer.isReachableFrom(device)) {
      return new IllegalArgumentException(
          "%s (%s) lies in %s; %s runs on %s: copy it into memory of that device"
              .formatted(name, buffer, buffer.whereabouts(), call, device));
    }
    return new IllegalStateException(
        "%s (%s) is closed; keep it, its device and its arena open until the call has returned"
            .formatted(name, buffer));
  }

  /** The number of buffers. */
  public int count() {
    return count;
  }

  /** A buffer, in the order in which they were added. */
  public Buffer buffer(int i) {
    return buffers[i];
  }

  /** The name of a buffer. */
  public String name(int i) {
    return names[i];
  }

  /**
   * The error of a call that failed because wrapped memory was closed meanwhile, with the name of
   * the buffer; other errors as they are.
   */
  public IllegalStateException explain(IllegalStateException error) {
    for (int i = 0; i < count; i++) {
      if (!buffers[i].location().scope().isAlive()) {
        return new IllegalStateException(
            ("%s (%s) was closed while %s was running, %s; keep its arena open until the call has"
                    + " returned")
                .formatted(
                    names[i],
                    buffers[i],
                    call,
                    isNative ? "which has written nothing" : "so that its outputs are incomplete"),
            error);
      }
    }
    return error;
  }

  /** Ends all holds; the buffers are forgotten. */
  public void release() {
    while (count > 0) {
      buffers[--count].release();
      buffers[count] = null;
    }
    thread = null;
  }

  /** What holds the buffers, such as "entropy by java-scalar in thread main". */
  @Override
  public String toString() {
    Thread running = thread;
    return running == null ? call : "%s in thread %s".formatted(call, running.getName());
  }
}
