package org.ketloom.encoding.angle;

import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Angle encoding: one rotation per feature, {@code ⊗_k R(scale x_k)|0>} (arXiv 2602.03405, section
 * on encodings). About Z the rotation follows a Hadamard, because it leaves |0> as it is.
 *
 * @param axis axis of the rotations
 * @param scale factor from feature to angle in radians
 */
@Component(
    service = Encoding.class,
    property = {
      Part.NAME + "=angle",
      Part.DESCRIPTION + "=One rotation per feature: wires features"
    })
public record AngleEncoding(
    @Option("axis of the rotations") Axis axis,
    @Option(value = "factor from feature to angle in radians", range = "[-1000000,1000000]")
        double scale)
    implements Encoding {

  /** Axis of a rotation. */
  public enum Axis {
    /** RX. */
    X,
    /** RY. */
    Y,
    /** H, then RZ. */
    Z
  }

  /** RY with the features as angles. */
  public AngleEncoding() {
    this(Axis.Y, 1);
  }

  @Override
  public int capacity(int wires) {
    return wires;
  }

  @Override
  public void append(CircuitBuilder circuit, Angles features) {
    for (int wire = 0; wire < features.size(); wire++) {
      Angle angle = features.at(wire).times(scale);
      switch (axis) {
        case X -> circuit.rx(wire, angle);
        case Y -> circuit.ry(wire, angle);
        case Z -> circuit.h(wire).rz(wire, angle);
      }
    }
  }
}
