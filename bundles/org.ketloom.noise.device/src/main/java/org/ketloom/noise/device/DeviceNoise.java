package org.ketloom.noise.device;

import java.util.List;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.ReadoutError;
import org.ketloom.api.part.NoiseModel;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.noise.device.Calibration.Cost;
import org.osgi.service.component.annotations.Component;

/**
 * A calibrated device. While a gate lasts, its qubits relax with their T1 and T2; what its
 * published error has beyond that is depolarizing, so that relaxing and depolarizing have the
 * average gate fidelity {@code 1 - error} together. Qubits relax too while they wait for the
 * others, before a gate and before the readout, which all have at the same time. Wire i is qubit i;
 * a gate counts as one use of its qubit or pair, however a compiler would compose it.
 *
 * <p>With the average fidelity F of relaxing on d dimensions, depolarizing has the strength {@code
 * (F - 1 + error) / (F - 1 / d)}, at least 0: a state that is depolarized has the fidelity 1 / d. F
 * is {@code (d Fp + 1) / (d + 1)} of the process fidelity Fp (Nielsen, arXiv quant-ph/0205035).
 */
@Component(
    service = NoiseModel.class,
    property = {
      Part.NAME + "=device",
      Part.DESCRIPTION + "=A calibrated device: relaxation, errors of gates and of the readout"
    })
public record DeviceNoise(Calibration calibration) implements NoiseModel {

  /** The device of the defaults. */
  public DeviceNoise() {
    this(Options.defaults(Calibration.class));
  }

  @Override
  public Circuit apply(Circuit circuit) {
    if (circuit.wires() > calibration.qubits()) {
      throw new IllegalArgumentException(
          calibration.device()
              + " has "
              + calibration.qubits()
              + " qubits, and the circuit "
              + circuit.wires()
              + " wires: give the calibration of a larger device");
    }
    double[] clock = new double[circuit.wires()];
    CircuitBuilder noisy =
        circuit
            .map(
                (builder, instruction) -> {
                  if (instruction instanceof Operation gate && !calibration.isVirtual(gate)) {
                    append(builder, gate, clock);
                  } else {
                    builder.append(instruction);
                  }
                })
            .toBuilder();
    waitForEachOther(noisy, clock, IntStream.range(0, circuit.wires()).boxed().toList());
    for (int wire = 0; wire < circuit.wires(); wire++) {
      noisy.readoutError(
          wire,
          new ReadoutError(calibration.oneForZero().get(wire), calibration.zeroForOne().get(wire)));
    }
    return noisy.build();
  }

  private void append(CircuitBuilder noisy, Operation gate, double[] clock) {
    List<Integer> wires = gate.allWires();
    if (wires.size() > 2) {
      throw new IllegalArgumentException(
          calibration.device()
              + " has gates on one and two qubits, and the circuit "
              + gate
              + ": choose an ansatz without it");
    }
    Cost cost =
        wires.size() == 2
            ? calibration.ofPair(wires.get(0), wires.get(1))
            : new Cost(calibration.gateTime(), calibration.gateErrors().get(wires.get(0)));
    waitForEachOther(noisy, clock, wires);
    noisy.append(gate);
    double processFidelity = 1;
    for (int wire : wires) {
      relax(noisy, wire, cost.nanoseconds());
      clock[wire] += cost.nanoseconds();
      processFidelity *= calibration.processFidelity(wire, cost.nanoseconds());
    }
    int d = 1 << wires.size();
    double fidelity = (d * processFidelity + 1) / (d + 1);
    double strength = (fidelity - 1 + cost.error()) / (fidelity - 1.0 / d);
    if (strength > 0) {
      noisy.depolarizing(
          Angle.constant(strength), wires.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  /** Until the last of some wires is free. */
  private void waitForEachOther(CircuitBuilder noisy, double[] clock, List<Integer> wires) {
    double free = wires.stream().mapToDouble(w -> clock[w]).max().orElse(0);
    for (int wire : wires) {
      if (calibration.idle()) {
        relax(noisy, wire, free - clock[wire]);
      }
      clock[wire] = free;
    }
  }

  private void relax(CircuitBuilder noisy, int wire, double nanoseconds) {
    if (nanoseconds > 0) {
      noisy.channel(
          Channel.Kind.THERMAL_RELAXATION,
          new int[] {wire},
          Angle.constant(calibration.t1().get(wire)),
          Angle.constant(calibration.t2().get(wire)),
          Angle.constant(nanoseconds / 1000),
          Angle.constant(calibration.excited()));
    }
  }
}
