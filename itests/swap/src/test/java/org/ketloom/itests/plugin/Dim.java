package org.ketloom.itests.plugin;

import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.part.NoiseModel;

/** Depolarizing noise after each gate on one wire, of a strength that is no option. */
final class Dim implements NoiseModel {
  private final double strength;

  Dim(double strength) {
    this.strength = strength;
  }

  @Override
  public Circuit apply(Circuit circuit) {
    return circuit.map(
        (noisy, instruction) -> {
          noisy.append(instruction);
          if (instruction instanceof Operation gate && gate.allWires().size() == 1) {
            noisy.depolarizing(Angle.constant(strength), gate.wires().get(0));
          }
        });
  }
}
