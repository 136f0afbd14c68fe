package org.ketloom.tck;

import java.util.function.Consumer;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.NoiseModel;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/** A noise model leaves what a circuit takes and what it gives as they are. */
final class NoiseCheck implements PartCheck {
  private static final int MAX_WIRES = 5;

  private final NoiseModel noise;
  private final Calls calls;

  NoiseCheck(NoiseModel noise, Calls calls) {
    this.noise = noise;
    this.calls = calls;
  }

  @Override
  public void check(Consumer<Finding> findings) throws Violation {
    int fits = 0;
    String refused = "";
    for (int wires = 1; wires <= MAX_WIRES; wires++) {
      Circuit circuit = example(wires);
      Circuit noisy;
      try {
        noisy = apply(circuit);
      } catch (IllegalArgumentException e) {
        refused = e.getMessage();
        continue;
      }
      fits++;
      requireSameOutside(circuit, noisy);
      Circuits.same(noisy, apply(circuit), what(wires));
    }
    if (fits == 0) {
      throw new Violation(
          Check.SHAPE,
          "the noise model refuses circuits on every number of wires from 1 to "
              + MAX_WIRES
              + ", the last one with: "
              + refused);
    }
  }

  @Override
  public void requireWorks() throws Violation {
    check(
        finding -> {
          throw new IllegalStateException("a noise model has no findings beside violations");
        });
  }

  private Circuit apply(Circuit circuit) throws Violation {
    Circuit noisy = calls.call(what(circuit.wires()), () -> noise.apply(circuit));
    if (noisy == null) {
      throw new Violation(Check.SHAPE, what(circuit.wires()) + " gave null, expected a circuit");
    }
    return noisy;
  }

  private static void requireSameOutside(Circuit circuit, Circuit noisy) throws Violation {
    String what = what(circuit.wires());
    requireSame(what, "wires", circuit.wires(), noisy.wires());
    requireSame(what, "features", circuit.features(), noisy.features());
    requireSame(what, "blocks of weights and angles", circuit.blocks(), noisy.blocks());
    requireSame(what, "start", circuit.start(), noisy.start());
    requireSame(
        what,
        "observables",
        circuit.observables().stream().map(Object::toString).toList(),
        noisy.observables().stream().map(Object::toString).toList());
  }

  private static void requireSame(String what, String name, Object expected, Object found)
      throws Violation {
    if (!expected.equals(found)) {
      throw new Violation(
          Check.SHAPE,
          what + " changed the circuit's " + name + " from " + expected + " to " + found);
    }
  }

  private static String what(int wires) {
    return "apply to a circuit on " + Circuits.count(wires);
  }

  /** Gates on neighbouring wires, of each source of angles. */
  private static Circuit example(int wires) {
    CircuitBuilder builder = Circuits.scrambled(wires);
    Angles features = builder.features(wires);
    Angles weights = builder.weights(wires);
    Angles angles = builder.sampleAngles(1);
    for (int wire = 0; wire < wires; wire++) {
      builder.rx(wire, features.at(wire));
      builder.ry(wire, weights.at(wire));
    }
    for (int wire = 0; wire + 1 < wires; wire++) {
      builder.rzz(wire, wire + 1, angles.at(0));
      builder.cnot(wire, wire + 1);
    }
    Circuits.readAll(builder);
    return builder.build();
  }
}
