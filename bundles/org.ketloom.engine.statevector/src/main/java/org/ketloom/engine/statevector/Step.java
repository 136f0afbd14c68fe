package org.ketloom.engine.statevector;

/** One pass over the states of a block. Immutable; whatever changes lies in its arguments. */
interface Step {

  /** Applies the step to the state of the workspace's block. */
  void forward(Workspace work);

  /** Takes the step back from the state and from lambda, and adds its gradients. */
  void backward(Workspace work);

  /** One line for people. */
  String describe();
}
