package org.ketloom.api.engine;

import org.ketloom.api.circuit.Circuit;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A compiled circuit. It may be used by several threads at once, and its results don't depend on
 * the number of threads that work for it.
 */
@ProviderType
public interface Program {

  /** The circuit that was compiled. */
  Circuit circuit();

  /**
   * What the circuit was compiled to, and the memory that it takes.
   *
   * @throws UnsupportedOperationException if the engine doesn't tell
   */
  default ExecutionPlan plan() {
    throw new UnsupportedOperationException("this engine doesn't report its plan");
  }

  /**
   * The observables' values.
   *
   * @return row-major {@code [batch][outputs]}
   * @throws IllegalArgumentException if an array has the wrong length, or a value is NaN or
   *     infinite (the message names the sample and the index), or a sample's amplitudes are all
   *     zero, or the batch can't fit in memory (the message gives the estimate)
   */
  double[] values(Inputs inputs);

  /**
   * As {@link #values(Inputs)}, written into an array of the caller.
   *
   * @param into row-major {@code [batch][outputs]}; overwritten
   */
  default void values(Inputs inputs, double[] into) {
    double[] found = values(inputs);
    System.arraycopy(found, 0, into, 0, found.length);
  }

  /**
   * The observables' values, keeping what their vector-Jacobian product needs.
   *
   * @throws IllegalArgumentException as {@link #values(Inputs)}
   */
  Evaluation evaluate(Inputs inputs);

  /**
   * The circuit's second derivatives and Fisher information. Experimental: no part of Ketloom uses
   * it yet, and the next version may change it.
   *
   * @throws UnsupportedOperationException if the engine doesn't compute them
   * @throws IllegalArgumentException if they need more memory than there is (the message gives the
   *     estimate)
   */
  default SecondOrder secondOrder() {
    throw new UnsupportedOperationException(
        "this engine computes no second derivatives and no Fisher information");
  }

  /**
   * This circuit as a quantum processor runs it: values are estimated from measurements, gradients
   * by parameter-shift rules from measurements of shifted circuits.
   *
   * <ul>
   *   <li>Each sample is measured {@code shots.count()} times in each basis that the observables
   *       need. Pauli strings and probabilities share a basis where they agree on every wire; each
   *       trainable Hermitian is measured in its eigenbasis.
   *   <li>Gradients of angles take two shifted circuits, of rotations under controls four (Schuld
   *       et al., arXiv 1811.11184; Anselmetti et al., arXiv 2104.05695), for each place where an
   *       angle is read; those of prepared amplitudes two others; those of Hermitian entries the
   *       3^k Pauli bases of the k wires.
   *   <li>Outcomes depend on the seed and the number of the sample alone, so that a call that is
   *       repeated gives the same values: take {@code shots.at(step)}, or {@link #withSeed}, where
   *       they have to differ.
   * </ul>
   *
   * <pre>{@code
   * Program measured = program.withShots(new Shots(1024, seed).at(step));
   * double[] estimates = measured.values(inputs);
   * }</pre>
   *
   * <p>The result shares what was compiled: making one for each call costs nothing. With {@link
   * Shots#EXACT} its values and gradients are those of this program.
   *
   * @throws IllegalArgumentException naming the observable that no measurement gives (amplitudes),
   *     or that takes more wires than the engine can measure together
   * @throws UnsupportedOperationException if the engine doesn't offer it
   */
  default Program withShots(Shots shots) {
    throw new UnsupportedOperationException("this engine can't estimate values from measurements");
  }

  /**
   * This circuit with other random numbers, of measurements or trajectories: they depend on what
   * this program was made with, the given seed and the number of the sample alone. A training takes
   * a seed of its own for each step, made of the run's seed and the number of the step.
   *
   * <pre>{@code
   * double[] values = program.withSeed(seedOf(run, step)).values(inputs);
   * }</pre>
   *
   * <p>The result shares what was compiled: making one for each call costs nothing. An engine that
   * draws nothing returns this program.
   */
  default Program withSeed(long seed) {
    return this;
  }

  /**
   * This circuit with another number of random trajectories, or another seed.
   *
   * @param count trajectories of each sample, at least 2
   * @throws UnsupportedOperationException if the engine draws none
   */
  default Program withTrajectories(int count, long seed) {
    throw new UnsupportedOperationException("this engine draws no trajectories");
  }

  /**
   * The observables' values with their standard errors.
   *
   * @throws IllegalArgumentException as {@link #values(Inputs)}
   * @throws UnsupportedOperationException if the engine draws no trajectories: its values have no
   *     such error
   */
  default Estimates estimates(Inputs inputs) {
    throw new UnsupportedOperationException("this engine draws no trajectories");
  }
}
