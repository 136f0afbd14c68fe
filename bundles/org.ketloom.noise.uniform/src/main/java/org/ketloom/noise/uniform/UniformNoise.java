package org.ketloom.noise.uniform;

import java.util.List;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.part.NoiseModel;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * The same noise after every gate. Depolarizing acts on all wires of the gate, controls included,
 * together ({@code (1 - l) rho + l I / 2^k}); flips and damping act on each of them alone.
 */
@Component(
    service = NoiseModel.class,
    property = {
      Part.NAME + "=uniform",
      Part.DESCRIPTION + "=The same channels after every gate, stronger after larger ones"
    })
public record UniformNoise(
    @Option(value = "depolarizing strength after a gate, on its wires together", range = "[0,1]")
        double depolarizing,
    @Option(value = "probability of X after a gate, on each of its wires", range = "[0,1]")
        double bitFlip,
    @Option(value = "probability of Z after a gate, on each of its wires", range = "[0,1]")
        double phaseFlip,
    @Option(value = "probability of Y after a gate, on each of its wires", range = "[0,1]")
        double bitPhaseFlip,
    @Option(value = "amplitude damping after a gate, on each of its wires", range = "[0,1]")
        double amplitudeDamping,
    @Option(value = "phase damping after a gate, on each of its wires", range = "[0,1]")
        double phaseDamping,
    @Option(value = "how many times as strong it is after a gate on several wires", range = "[0,)")
        double severalWires)
    implements NoiseModel {

  /** Depolarizing of one in a hundred after every gate. */
  public UniformNoise() {
    this(0.01, 0, 0, 0, 0, 0, 1);
  }

  /** Checks what gates on several wires make of the strengths. */
  public UniformNoise {
    for (double strength :
        List.of(depolarizing, bitFlip, phaseFlip, bitPhaseFlip, amplitudeDamping, phaseDamping)) {
      if (!(strength * severalWires <= 1)) {
        throw new IllegalArgumentException(
            "severalWires is "
                + severalWires
                + ", which makes "
                + strength * severalWires
                + " of a strength of "
                + strength
                + "; at most 1 is possible");
      }
    }
  }

  @Override
  public Circuit apply(Circuit circuit) {
    return circuit.map(
        (noisy, instruction) -> {
          noisy.append(instruction);
          if (instruction instanceof Operation gate) {
            append(noisy, gate.allWires().stream().mapToInt(Integer::intValue).toArray());
          }
        });
  }

  private void append(CircuitBuilder noisy, int... wires) {
    double factor = wires.length == 1 ? 1 : severalWires;
    append(noisy, Channel.Kind.DEPOLARIZING, factor * depolarizing, wires);
    for (int wire : wires) {
      append(noisy, Channel.Kind.BIT_FLIP, factor * bitFlip, wire);
      append(noisy, Channel.Kind.PHASE_FLIP, factor * phaseFlip, wire);
      append(noisy, Channel.Kind.BIT_PHASE_FLIP, factor * bitPhaseFlip, wire);
      append(noisy, Channel.Kind.AMPLITUDE_DAMPING, factor * amplitudeDamping, wire);
      append(noisy, Channel.Kind.PHASE_DAMPING, factor * phaseDamping, wire);
    }
  }

  private static void append(
      CircuitBuilder noisy, Channel.Kind kind, double strength, int... wires) {
    if (strength > 0) {
      noisy.channel(kind, wires, Angle.constant(strength));
    }
  }
}
