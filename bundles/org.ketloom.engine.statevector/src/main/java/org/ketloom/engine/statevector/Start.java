package org.ketloom.engine.statevector;

import org.ketloom.api.engine.Inputs;

/** The initial states of a block. Immutable. */
interface Start {

  /**
   * Checks what finite numbers can still be wrong with.
   *
   * @throws IllegalArgumentException naming the sample
   */
  void check(Inputs inputs);

  /** Sets the workspace's slice of the initial states. */
  void forward(Workspace work);

  /** Gathers the gradients of the initial states from the workspace's slice of lambda. */
  void backward(Workspace work);

  /** Ends the backward sweep, with what all slices gathered. */
  void finish(Workspace[] slices);

  /** Numbers that {@link Workspace#tables} needs. */
  int tableSize();

  /** Multiplications and additions, each pair of them one. */
  double multiplyAdds();

  /** One line for people. */
  String describe();
}
