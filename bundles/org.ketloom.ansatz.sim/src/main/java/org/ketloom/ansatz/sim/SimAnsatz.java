package org.ketloom.ansatz.sim;

import java.util.List;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * The nineteen circuits of Sim, Johnson and Aspuru-Guzik, "Expressibility and entangling capability
 * of parameterized quantum circuits for hybrid quantum-classical algorithms" (Advanced Quantum
 * Technologies 2, 1900070, 2019, arXiv 1905.10876, figure 2). Every rotation has an angle of its
 * own.
 *
 * <p>Angles: {@code [layer][angle]} in the order in which they act; of circuit 10, whose first
 * column of RY isn't repeated, {@code [layer + 1][wire]}. The paper draws four wires. On others
 * chains, rings and the two rows of pairs are continued, as its counts of gates say; the second
 * ring of circuits 13 to 15 joins each wire with the one before, as it does on four.
 *
 * @param circuit number of the circuit in the paper
 */
@Component(
    service = Ansatz.class,
    property = {
      Part.NAME + "=sim",
      Part.DESCRIPTION + "=The nineteen circuits of Sim et al. (arXiv 1905.10876), by number"
    })
public record SimAnsatz(
    @Option(value = "number of the circuit in the paper", range = "[1,19]") int circuit)
    implements Ansatz {

  /** Circuit 14, with which two layers on four wires are as good as random states. */
  public SimAnsatz() {
    this(14);
  }

  /** Checks the number. */
  public SimAnsatz {
    Options.require(circuit >= 1 && circuit <= 19, "circuit must be from 1 to 19", circuit);
  }

  @Override
  public List<Integer> angleShape(int wires, int layers) {
    if (wires < 2 && circuit > 1) {
      throw new IllegalArgumentException(
          "ansatz \"sim\": circuit "
              + circuit
              + " entangles wires (qubits), so it needs at least 2, found "
              + wires);
    }
    return circuit == 10 ? List.of(layers + 1, wires) : List.of(layers, anglesPerLayer(wires));
  }

  /** As the paper counts them, in its table of costs. */
  private int anglesPerLayer(int wires) {
    return switch (circuit) {
      case 1, 2, 15 -> 2 * wires;
      case 3, 4, 16, 17 -> 3 * wires - 1;
      case 5, 6 -> wires * (wires + 3);
      case 7, 8 -> 5 * wires - 1;
      case 9 -> wires;
      case 11, 12 -> 4 * wires - 4;
      case 13, 14 -> 4 * wires;
      default -> 3 * wires;
    };
  }

  @Override
  public void append(CircuitBuilder builder, int layers, Angles angles) {
    SimLayer layer = new SimLayer(builder, angles);
    if (circuit == 10) {
      layer.rotations("y");
    }
    for (int i = 0; i < layers; i++) {
      append(layer);
    }
  }

  private void append(SimLayer layer) {
    SimLayer.Joint rz = layer.controlledRz();
    SimLayer.Joint rx = layer.controlledRx();
    switch (circuit) {
      case 1 -> layer.rotations("xz");
      case 2 -> layer.rotations("xz").chain(layer.cnot());
      case 3 -> layer.rotations("xz").chain(rz);
      case 4 -> layer.rotations("xz").chain(rx);
      case 5 -> layer.rotations("xz").all(rz).rotations("xz");
      case 6 -> layer.rotations("xz").all(rx).rotations("xz");
      case 7 -> layer.rotations("xz").evenPairs(rz).rotations("xz").oddPairs(rz);
      case 8 -> layer.rotations("xz").evenPairs(rx).rotations("xz").oddPairs(rx);
      case 9 -> layer.hadamards().chain(layer.cz()).rotations("x");
      case 10 -> layer.closedChain(layer.cz()).rotations("y");
      case 11 -> layer.rotations("yz").evenPairs(layer.cnot()).inner("yz").oddPairs(layer.cnot());
      case 12 -> layer.rotations("yz").evenPairs(layer.cz()).inner("yz").oddPairs(layer.cz());
      case 13 -> layer.rotations("y").ring(rz).rotations("y").secondRing(rz);
      case 14 -> layer.rotations("y").ring(rx).rotations("y").secondRing(rx);
      case 15 -> layer.rotations("y").ring(layer.cnot()).rotations("y").secondRing(layer.cnot());
      case 16 -> layer.rotations("xz").evenPairs(rz).oddPairs(rz);
      case 17 -> layer.rotations("xz").evenPairs(rx).oddPairs(rx);
      case 18 -> layer.rotations("xz").ring(rz);
      default -> layer.rotations("xz").ring(rx);
    }
  }
}
