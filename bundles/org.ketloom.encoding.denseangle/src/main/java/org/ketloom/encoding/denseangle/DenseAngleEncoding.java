package org.ketloom.encoding.denseangle;

import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Dense angle encoding: two features per wire, {@code RZ(x_{2k+1}) RY(scale x_{2k})|0>} (arXiv
 * 2602.03405, section on encodings; scale 1 is its two-feature form with cos(x/2), scale 2 its
 * multi-feature form with cos x).
 *
 * @param scale factor of the polar angle, that of RY
 */
@Component(
    service = Encoding.class,
    property = {
      Part.NAME + "=dense-angle",
      Part.DESCRIPTION + "=Two features per qubit: 2 x wires features"
    })
public record DenseAngleEncoding(
    @Option(value = "factor of the polar angle, that of RY", range = "[-1000000,1000000]")
        double scale)
    implements Encoding {

  /** The features as angles. */
  public DenseAngleEncoding() {
    this(1);
  }

  @Override
  public int capacity(int wires) {
    return 2 * wires;
  }

  @Override
  public void append(CircuitBuilder circuit, Angles features) {
    for (int k = 0; k < features.size(); k++) {
      if (k % 2 == 0) {
        circuit.ry(k / 2, features.at(k).times(scale));
      } else {
        circuit.rz(k / 2, features.at(k));
      }
    }
  }
}
