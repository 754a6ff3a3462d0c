package org.leash.operation;

/**
 * The arguments of a call as they are when it begins. Each is read once, so that what has been
 * checked is what is used, even if other threads set the caller's arguments meanwhile.
 *
 * <p>Reusable without allocating; for one thread at a time.
 *
 * @param <A> the arguments of the operation
 */
public final class Snapshot<A extends Arguments> {
  private final A empty;
  private final A taken;

  /** A snapshot of nothing. */
  public Snapshot(Operation<A> operation) {
    empty = operation.empty();
    taken = operation.empty();
  }

  /** Takes a snapshot; the result is this object's own, and the same at every call. */
  public A take(A arguments) {
    assign((RowArguments<?>) taken, arguments);
    return taken;
  }

  /** Forgets the arguments, so that their memory can be collected. */
  public void clear() {
    assign((RowArguments<?>) taken, empty);
  }

  @SuppressWarnings("unchecked") // Arguments of an operation have one class, S.
  private static <S extends RowArguments<S>> void assign(RowArguments<S> to, Arguments from) {
    to.assign((S) from);
  }
}
