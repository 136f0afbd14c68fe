package org.ketloom.api.engine;

import org.osgi.annotation.versioning.ProviderType;

/**
 * One forward pass of a program, ready for its backward sweep. It may be used again and again, by
 * one thread at a time: with {@link #update} and {@link #vjp(double[], Gradients)} a training loop
 * needs no new memory.
 *
 * <pre>{@code
 * Evaluation evaluation = program.evaluate(inputs);
 * Gradients gradients = Gradients.zeros(program.circuit(), inputs.batch());
 * while (training) {
 *   evaluation.vjp(cotangents(evaluation.outputs()), gradients);
 *   change(inputs.weights(), gradients.weights());
 *   evaluation.update(inputs);
 * }
 * }</pre>
 */
@ProviderType
public interface Evaluation {

  /**
   * The observables' values, row-major {@code [batch][outputs]}; not to be changed. {@link #update}
   * with as many samples overwrites them.
   */
  double[] outputs();

  /**
   * Gradients of {@code sum over samples b and outputs k of cotangents[b][k] * outputs[b][k]}, for
   * everything that the circuit reads, in one backward sweep.
   *
   * @param cotangents row-major {@code [batch][outputs]}
   * @throws IllegalArgumentException if the length is wrong or a value is NaN or infinite
   * @throws UnsupportedOperationException naming the gate or observable that can't be
   *     differentiated; the state vector engine differentiates all of them
   */
  Gradients vjp(double[] cotangents);

  /**
   * As {@link #vjp(double[])}, written into arrays of the caller.
   *
   * @param into shaped as {@link Gradients#zeros} makes them; overwritten
   * @throws IllegalStateException if another thread uses this evaluation at the same time
   */
  default void vjp(double[] cotangents, Gradients into) {
    Gradients found = vjp(cotangents);
    copy("features", found.features(), into.features());
    copy("weights", found.weights(), into.weights());
    copy("per-sample angles", found.sampleAngles(), into.sampleAngles());
    copy("Hermitian entries", found.hermitianEntries(), into.hermitianEntries());
  }

  private static void copy(String what, double[] from, double[] to) {
    if (from.length != to.length) {
      throw new IllegalArgumentException(
          from.length + " gradients of " + what + ", an array for " + to.length + " of them");
    }
    System.arraycopy(from, 0, to, 0, to.length);
  }

  /**
   * Evaluates the program for other inputs, or for the same arrays with other numbers in them, in
   * the memory of this evaluation, whose outputs and gradients are of these inputs from now on.
   *
   * @throws IllegalArgumentException as {@link Program#values(Inputs)}
   * @throws IllegalStateException if another thread uses this evaluation at the same time
   * @throws UnsupportedOperationException if the engine doesn't offer it
   */
  default void update(Inputs inputs) {
    throw new UnsupportedOperationException("this engine's evaluations can't be reused");
  }
}
