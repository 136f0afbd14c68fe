package org.ketloom.encoding.reuploading;

import java.util.List;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Data re-uploading (Pérez-Salinas et al., Quantum 4, 226, 2020, arXiv 1907.02085): before each
 * layer of the ansatz, or of a number of shares of its layers, every feature turns its wire by
 * {@code scale (1 + a) x + b}, where a and b are weights of this feature and upload. In the paper
 * the angles are {@code b + a x}; here a weight of 0 is the plain feature, so that weights that
 * start near 0, as those of an ansatz do, start at scales near 1.
 *
 * <p>What the circuit gives is a Fourier series of the features. With n uploads of a feature and
 * fixed scales its frequencies are 0 to n times the scale (Schuld et al., Phys. Rev. A 103, 032430,
 * 2021, arXiv 2008.08605, section II); trained scales move the frequencies.
 *
 * @param rotations axes that features are laid on, of the letters x, y, z: one feature per wire and
 *     axis, all wires of the first axis first
 * @param scale constant factor from feature to angle in radians
 * @param trainScale whether each feature of each upload has a trainable scale
 * @param trainOffset whether each feature of each upload has a trainable offset
 * @param uploads how often the features are put in; 0 for once before each layer of the ansatz
 */
@Component(
    service = Encoding.class,
    property = {
      Part.NAME + "=reuploading",
      Part.DESCRIPTION
          + "=Rotations between the ansatz's layers, with trainable scale and offset: features x"
          + " rotations per wire"
    })
public record ReuploadingEncoding(
    @Option("axes that features are laid on, one per wire and axis, of the letters x, y, z")
        String rotations,
    @Option(value = "factor from feature to angle in radians", range = "[-1000000,1000000]")
        double scale,
    @Option("whether each feature of each upload has a trainable scale") boolean trainScale,
    @Option("whether each feature of each upload has a trainable offset") boolean trainOffset,
    @Option(
            value = "how often features are put in; 0 for before each layer of the ansatz",
            range = "[0,10000]")
        int uploads)
    implements Encoding {

  /** RY before each layer, with trainable scale and offset. */
  public ReuploadingEncoding() {
    this("y", 1, true, true, 0);
  }

  /** Checks the axes. */
  public ReuploadingEncoding {
    if (!rotations.matches("[xyz]{1,100}")) {
      throw new IllegalArgumentException(
          "rotations takes 1 to 100 of the letters x, y, z, found \"" + rotations + "\"");
    }
  }

  @Override
  public int capacity(int wires) {
    return Math.multiplyExact(wires, rotations.length());
  }

  @Override
  public int uploads(int layers) {
    return uploads == 0 ? layers : uploads;
  }

  @Override
  public List<Integer> weightShape(int wires, int features) {
    return List.of(features, (trainScale ? 1 : 0) + (trainOffset ? 1 : 0));
  }

  @Override
  public void append(CircuitBuilder circuit, Angles features) {
    requireFit("features", features.size(), circuit.wires());
    for (int k = 0; k < features.size(); k++) {
      rotate(circuit, k, features.at(k).times(scale));
    }
  }

  @Override
  public void append(CircuitBuilder circuit, Angles features, Angles weights) {
    requireFit("features", features.size(), circuit.wires());
    for (int k = 0; k < features.size(); k++) {
      Angle feature = features.at(k).times(scale);
      rotate(circuit, k, trainScale ? feature.times(weights.at(k, 0).plus(1)) : feature);
      if (trainOffset) {
        // About the same axis, so that the angles add.
        rotate(circuit, k, weights.at(k, trainScale ? 1 : 0));
      }
    }
  }

  private void rotate(CircuitBuilder circuit, int feature, Angle angle) {
    int wire = feature % circuit.wires();
    switch (rotations.charAt(feature / circuit.wires())) {
      case 'x' -> circuit.rx(wire, angle);
      case 'y' -> circuit.ry(wire, angle);
      default -> circuit.rz(wire, angle);
    }
  }
}
