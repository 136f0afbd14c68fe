package org.ketloom.ansatz.cnotline;

import java.util.List;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Rotations and a line of CNOTs: a layer is RY and RZ on every wire, then a CNOT from each wire to
 * the next, without closing the line. It is the circuit of a public study of LaSt-QGAN's latents
 * (arXiv 2406.02668; github.com/aaronmkts/QGAN-Latent-Representations).
 *
 * <p>Angles: {@code [layer][wire][2]}, RY and RZ.
 */
@Component(
    service = Ansatz.class,
    property = {
      Part.NAME + "=cnot-line",
      Part.DESCRIPTION + "=RY and RZ on every qubit and a line of CNOTs"
    })
public record CnotLineAnsatz() implements Ansatz {

  @Override
  public List<Integer> angleShape(int wires, int layers) {
    return List.of(layers, wires, 2);
  }

  @Override
  public void append(CircuitBuilder circuit, int layers, Angles angles) {
    int wires = circuit.wires();
    for (int layer = 0; layer < layers; layer++) {
      for (int wire = 0; wire < wires; wire++) {
        circuit.ry(wire, angles.at(layer, wire, 0));
        circuit.rz(wire, angles.at(layer, wire, 1));
      }
      for (int wire = 0; wire + 1 < wires; wire++) {
        circuit.cnot(wire, wire + 1);
      }
    }
  }
}
