package org.ketloom.runtime.internal.blueprint;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.runtime.parts.PartIdentity;

/** Runs each circuit on the first of some engines that can. */
final class EngineChoice implements QuantumEngine {
  private final List<Candidate> candidates;

  /** An engine with its options, and whose it is. */
  record Candidate(PartIdentity identity, QuantumEngine engine) {
    /**
     * Compiles a circuit.
     *
     * @throws IllegalArgumentException as {@link QuantumEngine#compile(Circuit)}, and if the engine
     *     doesn't offer the precision
     */
    Program compile(Circuit circuit, Precision precision) {
      try {
        return engine.compile(circuit, precision);
      } catch (UnsupportedOperationException e) {
        throw new IllegalArgumentException(
            "the precision is "
                + precision.name().toLowerCase(Locale.ROOT)
                + ", but "
                + e.getMessage(),
            e);
      }
    }
  }

  /** A program, and who made it. */
  record Compiled(Candidate by, Program program) {}

  /** At least one, best first. */
  EngineChoice(List<Candidate> candidates) {
    this.candidates = List.copyOf(candidates);
  }

  Candidate first() {
    return candidates.get(0);
  }

  @Override
  public Program compile(Circuit circuit) {
    return compile(circuit, Precision.DOUBLE);
  }

  @Override
  public Program compile(Circuit circuit, Precision precision) {
    return choose(circuit, precision).program();
  }

  /**
   * Compiles on the first engine that can.
   *
   * @throws IllegalArgumentException with the reason of each engine if none can
   */
  Compiled choose(Circuit circuit, Precision precision) {
    List<String> reasons = new ArrayList<>();
    for (Candidate candidate : candidates) {
      try {
        return new Compiled(candidate, candidate.compile(circuit, precision));
      } catch (IllegalArgumentException e) {
        // What the first engine refuses of a pure circuit, the others can't run either.
        if (circuit.isPure() || candidates.size() == 1) {
          throw e;
        }
        reasons.add(candidate.identity().name() + ": " + e.getMessage());
      }
    }
    throw new IllegalArgumentException(
        "no engine can run the circuit; " + String.join("; ", reasons));
  }
}
