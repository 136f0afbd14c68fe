package org.ketloom.runtime.internal.blueprint;

import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.Program;
import org.ketloom.api.part.NoiseModel;
import org.ketloom.runtime.internal.blueprint.EngineChoice.Candidate;
import org.ketloom.runtime.internal.blueprint.EngineChoice.Compiled;

/**
 * Compiles the circuits of one model: with its noise model, and all on the engine that the first
 * circuit is compiled on.
 */
final class CircuitCompiler {
  private final EngineChoice engines;
  private final Optional<NoiseModel> noise;
  private Optional<Candidate> chosen = Optional.empty();

  CircuitCompiler(EngineChoice engines, Optional<NoiseModel> noise) {
    this.engines = engines;
    this.noise = noise;
  }

  boolean hasCompiled() {
    return chosen.isPresent();
  }

  /** The engine that was chosen; the first one if no circuit was compiled. */
  Candidate engine() {
    return chosen.orElseGet(engines::first);
  }

  /** See {@link org.ketloom.api.model.ModelContext#compile(Circuit, Precision)}. */
  Program compile(Circuit meant, Precision precision) {
    Circuit circuit = noise.map(model -> noisy(model, meant)).orElse(meant);
    if (chosen.isPresent()) {
      return chosen.get().compile(circuit, precision);
    }
    Compiled compiled = engines.choose(circuit, precision);
    chosen = Optional.of(compiled.by());
    return compiled.program();
  }

  private static Circuit noisy(NoiseModel model, Circuit circuit) {
    try {
      return model.apply(circuit);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(Resolution.NOISE + ": " + e.getMessage(), e);
    }
  }
}
