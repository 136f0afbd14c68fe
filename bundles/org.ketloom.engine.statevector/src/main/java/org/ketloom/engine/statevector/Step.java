package org.ketloom.engine.statevector;

/**
 * One pass over the part of a block that its workspace is at. Immutable; whatever changes lies in
 * the workspace.
 */
interface Step {

  /** Applies the step to the state. */
  void forward(Workspace work);

  /** Takes the step back from the state and from lambda, and gathers its gradients. */
  void backward(Workspace work);

  /** Multiplications and additions, each pair of them one, of a forward pass over a whole block. */
  double multiplyAdds();

  /** The kernel, for people. */
  String describe();
}
