package org.leash.binding;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long a resource of a device lives: until it is closed, which is refused while calls hold it.
 * Thread-safe.
 */
public final class Lifetime {
  /** That of wrapped memory, which is the caller's: never closed here, and held by nobody. */
  public static final Lifetime FOREIGN = new Lifetime(null);

  private static final int CLOSED = -1;

  private final Resources owner;
  private Runnable end;

  /** The number of holds, or CLOSED. */
  private final AtomicInteger holds = new AtomicInteger();

  /** Of the latest hold. */
  private volatile Object user = "";

  /** A lifetime that has yet to {@linkplain #begin begin}. */
  public Lifetime(Resources owner) {
    this.owner = owner;
  }

  /**
   * Begins, before other threads know of it.
   *
   * @param end ends it, once, unless it throws an {@link IllegalStateException}; refers to no
   *     object that users hold
   */
  public Lifetime begin(Runnable end) {
    this.end = end;
    return this;
  }

  /**
   * Prevents closing until {@link #release()}.
   *
   * @param by the call, as its text at the time of a refused close says
   * @return false if it is closed
   */
  public boolean hold(Object by) {
    if (owner == null) {
      return true;
    }
    user = by;
    int count;
    do {
      count = holds.get();
      if (count == CLOSED) {
        return false;
      }
    } while (!holds.compareAndSet(count, count + 1));
    return true;
  }

  /** Ends a hold. Takes no more stack than {@link #hold}, so that it succeeds where that did. */
  public void release() {
    if (owner == null) {
      return;
    }
    int count;
    do {
      count = holds.get();
    } while (!holds.compareAndSet(count, count - 1));
  }

  /**
   * Closes the resource. Has no effect when called again.
   *
   * @param resource for messages
   * @throws IllegalStateException a call uses it
   */
  public void close(Object resource) {
    if (owner == null || !owner.tryEnter()) {
      // The caller's, or freed by the device, which is closing.
      return;
    }
    try {
      if (tryClose(resource)) {
        end(resource);
        owner.disown(this);
      }
    } finally {
      owner.exit();
    }
  }

  /**
   * The first half of closing, after which nobody can hold the resource.
   *
   * @return false if it was closed before
   * @throws IllegalStateException a call uses it
   */
  boolean tryClose(Object resource) {
    int count = holds.compareAndExchange(0, CLOSED);
    if (count > 0) {
      throw inUse(resource, user, null);
    }
    return count == 0;
  }

  /**
   * The second half, which ends the lifetime.
   *
   * @throws IllegalStateException a native call uses the resource, which stays open
   */
  void end(Object resource) {
    try {
      end.run();
    } catch (IllegalStateException e) {
      reopen();
      throw inUse(resource, "a native call", e);
    }
  }

  /** Undoes the first half. */
  void reopen() {
    holds.set(0);
  }

  private static IllegalStateException inUse(Object resource, Object user, Exception cause) {
    return new IllegalStateException(
        "%s is used by %s; close it after the call has returned".formatted(resource, user), cause);
  }
}
