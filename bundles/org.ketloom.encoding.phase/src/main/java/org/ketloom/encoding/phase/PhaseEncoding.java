package org.ketloom.encoding.phase;

import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Phase encoding: {@code ⊗_k P(scale x_k)|+>} (arXiv 2602.03405, section on encodings).
 *
 * @param scale factor from feature to phase in radians
 */
@Component(
    service = Encoding.class,
    property = {
      Part.NAME + "=phase",
      Part.DESCRIPTION + "=Features as phases of |+>: wires features"
    })
public record PhaseEncoding(
    @Option(value = "factor from feature to phase in radians", range = "[-1000000,1000000]")
        double scale)
    implements Encoding {

  /** The features as phases. */
  public PhaseEncoding() {
    this(1);
  }

  @Override
  public int capacity(int wires) {
    return wires;
  }

  @Override
  public void append(CircuitBuilder circuit, Angles features) {
    for (int wire = 0; wire < features.size(); wire++) {
      circuit.h(wire).phase(wire, features.at(wire).times(scale));
    }
  }
}
