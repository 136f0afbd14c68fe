package org.ketloom.engine.statevector;

import java.util.List;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Operation;

/**
 * A derivative as a sum of values at shifted angles, {@code df/dt = sum over terms of factor f(t +
 * shift)}, exact because f is a trigonometric polynomial whose frequencies are the differences of
 * the generator's eigenvalues.
 */
record ShiftRule(List<Term> terms) {
  /** A shift in radians and its factor. */
  record Term(double shift, double factor) {}

  /** Copies the terms. */
  ShiftRule {
    terms = List.copyOf(terms);
  }

  /** The rule of an operation's angle. */
  static ShiftRule of(Operation operation, int angle) {
    Gate gate = operation.gate();
    // exp(i a XX) is a rotation by -2a.
    double rate = gate == Gate.CANONICAL ? 2 : 1;
    // Generators of phases have the eigenvalues 0 and 1, with controls or without.
    boolean phase = gate == Gate.PHASE || gate == Gate.U3 && angle > 0;
    return operation.controls().isEmpty() || phase ? twoTerms(rate) : fourTerms(rate);
  }

  /** One frequency (Schuld et al., arXiv 1811.11184, section III). */
  private static ShiftRule twoTerms(double rate) {
    double shift = Math.PI / 2 / rate;
    return new ShiftRule(List.of(new Term(shift, rate / 2), new Term(-shift, -rate / 2)));
  }

  /** A frequency and its half, of rotations under controls (arXiv 2104.05695, section 2.4). */
  private static ShiftRule fourTerms(double rate) {
    double shift = Math.PI / 2 / rate;
    double near = rate * (Math.sqrt(2) + 1) / (4 * Math.sqrt(2));
    double far = rate * (Math.sqrt(2) - 1) / (4 * Math.sqrt(2));
    return new ShiftRule(
        List.of(
            new Term(shift, near),
            new Term(-shift, -near),
            new Term(3 * shift, -far),
            new Term(-3 * shift, far)));
  }
}
