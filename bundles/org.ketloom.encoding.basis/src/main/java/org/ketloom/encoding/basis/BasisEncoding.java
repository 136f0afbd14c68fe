package org.ketloom.encoding.basis;

import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Basis encoding: bits {@code b_k} as the basis state {@code |b_1 ... b_P>} (arXiv 2602.03405,
 * section on encodings), made by {@code RY(pi b_k)}. Features between 0 and 1 give the rotation in
 * between, so that a network before it can be trained through it.
 */
@Component(
    service = Encoding.class,
    property = {Part.NAME + "=basis", Part.DESCRIPTION + "=Bits as a basis state: wires features"})
public record BasisEncoding() implements Encoding {

  @Override
  public int capacity(int wires) {
    return wires;
  }

  @Override
  public void append(CircuitBuilder circuit, Angles features) {
    for (int wire = 0; wire < features.size(); wire++) {
      circuit.ry(wire, features.at(wire).times(Math.PI));
    }
  }
}
