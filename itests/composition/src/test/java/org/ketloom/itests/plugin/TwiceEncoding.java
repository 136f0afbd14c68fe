package org.ketloom.itests.plugin;

import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/** An encoding that comes while the container runs: each feature about two axes. */
@Component(service = Encoding.class, property = Part.NAME + "=twice")
public record TwiceEncoding() implements Encoding {

  @Override
  public int capacity(int wires) {
    return wires;
  }

  @Override
  public void append(CircuitBuilder circuit, Angles features) {
    for (int wire = 0; wire < features.size(); wire++) {
      circuit.ry(wire, features.at(wire)).rz(wire, features.at(wire));
    }
  }
}
