package org.ketloom.ansatz.clusterstate;

import java.util.List;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * 1-D cluster-state mixing: a layer is {@code (⊗_j RX(phi_j)) (prod_j CZ(j, j+1)) H^{⊗N}}, the
 * Hadamards first (arXiv 2602.03405, "phase mixing"). Angles: {@code [layer][wire]}.
 *
 * @param closed whether a CZ also joins the last wire to the first
 */
@Component(
    service = Ansatz.class,
    property = {
      Part.NAME + "=cluster-state",
      Part.DESCRIPTION + "=1-D cluster-state mixing: H, CZ chain, RX"
    })
public record ClusterStateAnsatz(
    @Option("whether a CZ also joins the last wire to the first") boolean closed)
    implements Ansatz {

  /** An open chain. */
  public ClusterStateAnsatz() {
    this(false);
  }

  @Override
  public List<Integer> angleShape(int wires, int layers) {
    return List.of(layers, wires);
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {
    int wires = circuit.wires();
    for (int layer = 0; layer < layers; layer++) {
      for (int wire = 0; wire < wires; wire++) {
        circuit.h(wire);
      }
      for (int wire = 0; wire + 1 < wires; wire++) {
        circuit.cz(wire, wire + 1);
      }
      if (closed && wires > 2) {
        circuit.cz(wires - 1, 0);
      }
      for (int wire = 0; wire < wires; wire++) {
        circuit.rx(wire, angles.at(layer, wire));
      }
    }
  }
}
