package org.ketloom.encoding.reuploading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Uploads;
import org.ketloom.engine.statevector.StateVectorEngine;
import org.ketloom.tck.Conformance;

class ReuploadingEncodingTest {
  private static final QuantumEngine ENGINE = new StateVectorEngine();

  /** Rotations about Y and Z by weights: a layer that no rotation of a feature passes through. */
  private record Turns() implements Ansatz {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers, wires, 2);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      for (int layer = 0; layer < layers; layer++) {
        for (int wire = 0; wire < circuit.wires(); wire++) {
          circuit.ry(wire, angles.at(layer, wire, 0)).rz(wire, angles.at(layer, wire, 1));
        }
      }
    }
  }

  private static Circuit circuit(
      ReuploadingEncoding encoding, int wires, int features, int layers) {
    CircuitBuilder circuit = Circuit.builder(wires);
    Angles x = circuit.features(features);
    Uploads.append(circuit, encoding, x, new Turns(), layers, circuit::weights);
    return circuit.expect(PauliTerm.of(Pauli.Z, 0)).build();
  }

  @ParameterizedTest
  @CsvSource({
    "y, 1, true, true, 0",
    "zyz, 0.5, true, true, 0",
    "x, 2, true, false, 2",
    "xz, 1, false, true, 1",
    "y, 1, false, false, 0"
  })
  void conforms(
      String rotations, double scale, boolean trainScale, boolean trainOffset, int uploads) {
    assertEquals(
        List.of(),
        new Conformance(ENGINE)
            .check(new ReuploadingEncoding(rotations, scale, trainScale, trainOffset, uploads)));
  }

  @Test
  void eachUploadHasScalesAndOffsetsOfItsOwn() {
    assertEquals(
        "[RY[2.0*x[0]*(w[4]+1.0)] on wire 0, RY[w[5]] on wire 0, RY[w[0]] on wire 0, RZ[w[1]] on"
            + " wire 0, RY[2.0*x[0]*(w[6]+1.0)] on wire 0, RY[w[7]] on wire 0, RY[w[2]] on wire 0,"
            + " RZ[w[3]] on wire 0]",
        circuit(new ReuploadingEncoding("y", 2, true, true, 0), 1, 1, 2).operations().toString());
  }

  @Test
  void furtherFeaturesGoToFurtherAxes() {
    CircuitBuilder circuit = Circuit.builder(2);
    ReuploadingEncoding encoding = new ReuploadingEncoding("zx", 1, false, false, 0);
    encoding.append(circuit, circuit.features(3));
    assertEquals(
        "[RZ[x[0]] on wire 0, RZ[x[1]] on wire 1, RX[x[2]] on wire 0]",
        circuit.build().operations().toString());
    assertEquals(4, encoding.capacity(2));
  }

  /**
   * Schuld et al., arXiv 2008.08605, section II: frequencies up to the number of uploads and no
   * further, and the highest is there.
   */
  @ParameterizedTest
  @CsvSource({"1", "2", "4"})
  void uploadsAreTheHighestFrequency(int uploads) {
    Circuit circuit = circuit(new ReuploadingEncoding("y", 1, false, true, 0), 1, 1, uploads);
    int points = 16;
    double[] x = new double[points];
    for (int i = 0; i < points; i++) {
      x[i] = 2 * Math.PI * i / points;
    }
    double[] weights = new Random(3).doubles(circuit.weights(), 0.3, 1.2).toArray();
    double[] values = ENGINE.compile(circuit).values(Inputs.of(points, x, weights));
    for (int frequency = 0; frequency <= points / 2; frequency++) {
      double re = 0;
      double im = 0;
      for (int i = 0; i < points; i++) {
        re += values[i] * Math.cos(frequency * x[i]) / points;
        im += values[i] * Math.sin(frequency * x[i]) / points;
      }
      double amplitude = Math.hypot(re, im);
      String what = "frequency " + frequency + " has the amplitude " + amplitude;
      assertTrue(frequency != uploads || amplitude > 1e-3, what);
      assertTrue(frequency <= uploads || amplitude < 1e-12, what);
    }
  }

  @Test
  void oddOptionsAreRefused() {
    assertEquals(
        "encoding: rotations takes 1 to 100 of the letters x, y, z, found \"yw\"",
        message(Map.of("rotations", "yw")));
    assertEquals("encoding: uploads must be 0 to 10000, found -1", message(Map.of("uploads", -1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> circuit(new ReuploadingEncoding("y", 1, true, true, 3), 1, 1, 2));
  }

  private static String message(Map<String, Object> options) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> Options.with(new ReuploadingEncoding(), "encoding", options))
        .getMessage();
  }
}
