package org.ketloom.runtime.internal.blueprint;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.NoiseModel;
import org.ketloom.runtime.parts.RegisteredPart;

/**
 * Compiles the circuits of one model: with its noise model, and all on one engine, the first of
 * those allowed that can run the first circuit.
 */
final class CircuitCompiler {
  private final Resolution resolution;
  private final Optional<NoiseModel> noise;
  private Optional<RegisteredPart> chosen = Optional.empty();

  CircuitCompiler(Resolution resolution, Optional<NoiseModel> noise) {
    this.resolution = resolution;
    this.noise = noise;
  }

  boolean hasCompiled() {
    return chosen.isPresent();
  }

  /** The engine that was chosen; the first one if no circuit was compiled. */
  RegisteredPart part() {
    return chosen.orElseGet(() -> resolution.engines().get(0));
  }

  QuantumEngine engine() {
    return resolution.configured(part());
  }

  /** See {@link org.ketloom.api.model.ModelContext#compile(Circuit, Precision)}. */
  Program compile(Circuit meant, Precision precision) {
    Circuit circuit = noise.map(model -> noisy(model, meant)).orElse(meant);
    if (chosen.isPresent()) {
      return compile(chosen.get(), circuit, precision);
    }
    List<IllegalArgumentException> refusals = new ArrayList<>();
    for (RegisteredPart engine : resolution.engines()) {
      try {
        Program program = compile(engine, circuit, precision);
        chosen = Optional.of(engine);
        return program;
      } catch (IllegalArgumentException e) {
        refusals.add(e);
        if (circuit.isPure()) {
          // The others only add what this circuit doesn't need.
          break;
        }
      }
    }
    throw refusal(refusals);
  }

  private static Circuit noisy(NoiseModel model, Circuit circuit) {
    try {
      return model.apply(circuit);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(Resolution.NOISE + ": " + e.getMessage(), e);
    }
  }

  private Program compile(RegisteredPart engine, Circuit circuit, Precision precision) {
    try {
      return resolution.configured(engine).compile(circuit, precision);
    } catch (UnsupportedOperationException e) {
      throw new IllegalArgumentException(
          "model.options.precision is "
              + precision.name().toLowerCase(Locale.ROOT)
              + ", but "
              + e.getMessage(),
          e);
    }
  }

  private IllegalArgumentException refusal(List<IllegalArgumentException> refusals) {
    if (refusals.size() == 1) {
      return refusals.get(0);
    }
    List<String> reasons = new ArrayList<>();
    for (int i = 0; i < refusals.size(); i++) {
      reasons.add(resolution.engines().get(i).name() + ": " + refusals.get(i).getMessage());
    }
    IllegalArgumentException all =
        new IllegalArgumentException(
            "no engine can run the circuit; " + String.join("; ", reasons), refusals.get(0));
    refusals.forEach(all::addSuppressed);
    return all;
  }
}
