package org.ketloom.ansatz.twoqubit;

import java.util.ArrayList;
import java.util.List;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Optimal two-qubit blocks on neighbouring wires: {@code (A1⊗A2) exp(i(a XX + b YY + c ZZ))
 * (A3⊗A4)} with one-qubit unitaries A (Vatan and Williams, Phys. Rev. A 69, 032315), or the core
 * alone (the ConvUnit of arXiv 2602.03405). With mixing, each layer ends in a 1-D cluster-state
 * layer: H, CZ chain, RX.
 *
 * <p>Angles: one axis, layer by layer; in a layer block by block, a block's as A3, A4 (theta, phi,
 * lambda each), a, b, c, A1, A2; then one per wire for the mixing.
 *
 * @param block what stands on a pair
 * @param pattern which pairs
 * @param mixing whether each layer ends in cluster-state mixing
 */
@Component(
    service = Ansatz.class,
    property = {
      Part.NAME + "=two-qubit",
      Part.DESCRIPTION + "=Optimal two-qubit blocks on neighbours, with cluster-state mixing"
    })
public record TwoQubitAnsatz(
    @Option("15 angles per pair, or the 3 of its non-local core") Block block,
    @Option("which neighbours are joined in a layer") Pattern pattern,
    @Option("whether each layer ends in cluster-state mixing (H, CZ chain, RX)") boolean mixing)
    implements Ansatz {

  /** What stands on a pair of wires. */
  public enum Block {
    /** Any two-qubit unitary: 15 angles. */
    GENERAL,
    /** Its non-local core: 3 angles. */
    CORE
  }

  /** Which pairs are joined in a layer. */
  public enum Pattern {
    /** (0,1), (2,3), ... then (1,2), (3,4), ... */
    LINE,
    /** The line, and the last wire with the first. */
    RING,
    /** (0,1), (2,3), ... in even layers, (1,2), (3,4), ... in odd ones. */
    BRICK
  }

  /** Cores on a ring with mixing, the layer of arXiv 2602.03405. */
  public TwoQubitAnsatz() {
    this(Block.CORE, Pattern.RING, true);
  }

  @Override
  public List<Integer> angleShape(int wires, int layers) {
    if (wires < 2) {
      throw new IllegalArgumentException(
          "ansatz \"two-qubit\" needs at least 2 wires (qubits), found " + wires);
    }
    int size = block == Block.GENERAL ? 15 : 3;
    int count = 0;
    for (int layer = 0; layer < layers; layer++) {
      count += pairs(wires, layer).size() * size + (mixing ? wires : 0);
    }
    return List.of(count);
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {
    int wires = circuit.wires();
    int next = 0;
    for (int layer = 0; layer < layers; layer++) {
      for (int[] pair : pairs(wires, layer)) {
        if (block == Block.GENERAL) {
          next = local(circuit, pair, angles, next);
        }
        circuit.gate(
            Gate.CANONICAL, pair, angles.at(next), angles.at(next + 1), angles.at(next + 2));
        next += 3;
        if (block == Block.GENERAL) {
          next = local(circuit, pair, angles, next);
        }
      }
      if (mixing) {
        for (int wire = 0; wire < wires; wire++) {
          circuit.h(wire);
        }
        for (int wire = 0; wire + 1 < wires; wire++) {
          circuit.cz(wire, wire + 1);
        }
        for (int wire = 0; wire < wires; wire++) {
          circuit.rx(wire, angles.at(next++));
        }
      }
    }
  }

  private static int local(CircuitBuilder circuit, int[] pair, Angles angles, int next) {
    for (int wire : pair) {
      circuit.gate(
          Gate.U3, new int[] {wire}, angles.at(next), angles.at(next + 1), angles.at(next + 2));
      next += 3;
    }
    return next;
  }

  private List<int[]> pairs(int wires, int layer) {
    List<int[]> pairs = new ArrayList<>();
    for (int parity = 0; parity < 2; parity++) {
      if (pattern != Pattern.BRICK || layer % 2 == parity) {
        for (int wire = parity; wire + 1 < wires; wire += 2) {
          pairs.add(new int[] {wire, wire + 1});
        }
      }
    }
    if (pattern == Pattern.RING && wires > 2) {
      pairs.add(new int[] {wires - 1, 0});
    }
    return pairs;
  }
}
