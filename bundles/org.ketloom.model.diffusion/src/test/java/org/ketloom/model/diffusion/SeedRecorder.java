package org.ketloom.model.diffusion;

import java.util.List;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;

/**
 * An engine that notes the seed of each run of a circuit; 0 where it is told none.
 *
 * @param engine runs the circuits
 * @param seeds is added to
 */
record SeedRecorder(QuantumEngine engine, List<Long> seeds) implements QuantumEngine {
  @Override
  public Program compile(Circuit circuit) {
    return new Recorded(engine.compile(circuit), seeds, 0);
  }

  private record Recorded(Program program, List<Long> seeds, long seed) implements Program {
    @Override
    public Circuit circuit() {
      return program.circuit();
    }

    @Override
    public Program withSeed(long other) {
      return new Recorded(program, seeds, other);
    }

    @Override
    public double[] values(Inputs inputs) {
      seeds.add(seed);
      return program.values(inputs);
    }

    @Override
    public Evaluation evaluate(Inputs inputs) {
      seeds.add(seed);
      return program.evaluate(inputs);
    }
  }
}
