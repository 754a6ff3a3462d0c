package org.leash.operation;

import org.leash.device.Matrix;

/** Arguments of the operations with an output matrix of the shape and type of the logits. */
abstract class MatrixArguments<S extends MatrixArguments<S>> extends RowArguments<S> {
  private Matrix output;
  private boolean inPlace;

  MatrixArguments() {}

  MatrixArguments(Matrix logits) {
    super(logits);
  }

  @Override
  void assign(S other) {
    super.assign(other);
    MatrixArguments<S> from = other;
    output = from.output;
    inPlace = from.inPlace;
  }

  /** Overwrites the logits with the output matrix. */
  public final S inPlace() {
    this.output = null;
    this.inPlace = true;
    return self();
  }

  final Matrix output() {
    return inPlace ? logits() : output;
  }

  final S output(Matrix output) {
    this.output = output;
    this.inPlace = false;
    return self();
  }
}
