package org.ketloom.api.part;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.WeightBlocks;

class UploadsTest {

  private record Plain() implements Encoding {
    @Override
    public int capacity(int wires) {
      return wires;
    }

    @Override
    public void append(CircuitBuilder circuit, Angles features) {
      circuit.rx(0, features.at(0));
    }
  }

  private record Scaled(int times, int weights) implements Encoding {
    Scaled(int times) {
      this(times, 1);
    }

    @Override
    public int capacity(int wires) {
      return wires;
    }

    @Override
    public int uploads(int layers) {
      return times == 0 ? layers : times;
    }

    @Override
    public List<Integer> weightShape(int wires, int features) {
      return List.of(features, weights);
    }

    @Override
    public void append(CircuitBuilder circuit, Angles features) {
      circuit.rx(0, features.at(0));
    }

    @Override
    public void append(CircuitBuilder circuit, Angles features, Angles weights) {
      circuit.rx(0, features.at(0).times(weights.at(0, 0)));
    }
  }

  private record Turns() implements Ansatz {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers, wires);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      for (int layer = 0; layer < layers; layer++) {
        circuit.ry(0, angles.at(layer, 0));
      }
    }
  }

  private static Circuit circuit(Encoding encoding, int layers, int expectedLast) {
    CircuitBuilder circuit = Circuit.builder(1);
    Angles features = circuit.features(1);
    assertEquals(
        expectedLast,
        Uploads.append(circuit, encoding, features, new Turns(), layers, circuit::weights));
    return circuit.build();
  }

  /** A block of features for each upload, in their order, and not one more or less. */
  @Test
  void uploadsMayHaveFeaturesOfTheirOwn() {
    CircuitBuilder circuit = Circuit.builder(1);
    List<Angles> blocks = List.of(circuit.features(1), circuit.features(1));
    assertEquals(
        2, Uploads.append(circuit, new Scaled(2), blocks, new Turns(), 2, circuit::weights));
    CircuitBuilder expected = Circuit.builder(1);
    List<Angles> x = List.of(expected.features(1), expected.features(1));
    Angles first = expected.weights(1, 1);
    Angles second = expected.weights(1, 1);
    Angles scales = expected.weights(2, 1, 1);
    expected.rx(0, x.get(0).at(0).times(scales.at(0, 0, 0))).ry(0, first.at(0, 0));
    expected.rx(0, x.get(1).at(0).times(scales.at(1, 0, 0))).ry(0, second.at(0, 0));
    assertEquals(expected.build(), circuit.build());

    assertEquals(
        "the encoding puts its features in 3 times, found 2 blocks of features; give one for each",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Uploads.append(
                        circuit, new Scaled(3), blocks, new Turns(), 3, circuit::weights))
            .getMessage());
    CircuitBuilder uneven = Circuit.builder(1);
    assertEquals(
        "each upload needs as many features as the first, found blocks of [1, 2]",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Uploads.append(
                        uneven,
                        new Scaled(2),
                        List.of(uneven.features(1), uneven.features(2)),
                        new Turns(),
                        2,
                        uneven::weights))
            .getMessage());
  }

  @Test
  void anEncodingThatComesOnceGivesTheCircuitThatItAlwaysGave() {
    CircuitBuilder before = Circuit.builder(1);
    new Plain().append(before, before.features(1));
    new Turns().append(before, 3, before.weights(3, 1));
    assertEquals(before.build(), circuit(new Plain(), 3, 0));
  }

  @Test
  void uploadsComeBeforeTheirSharesAndTheirWeightsLast() {
    assertEquals(
        "[RX[x[0]*w[3]] on wire 0, RY[w[0]] on wire 0, RX[x[0]*w[4]] on wire 0, RY[w[1]] on wire 0,"
            + " RX[x[0]*w[5]] on wire 0, RY[w[2]] on wire 0]",
        circuit(new Scaled(0), 3, 3).operations().toString());
    assertEquals(
        "[RX[x[0]*w[5]] on wire 0, RY[w[0]] on wire 0, RY[w[1]] on wire 0, RX[x[0]*w[6]] on wire 0,"
            + " RY[w[2]] on wire 0, RY[w[3]] on wire 0, RY[w[4]] on wire 0]",
        circuit(new Scaled(2), 5, 2).operations().toString());
  }

  /** A metric by blocks takes the layers and uploads that there are. */
  @Test
  void eachShareAndEachUploadIsABlockOfWeights() {
    assertEquals(
        List.of("[0]", "[1]", "[2]", "[3]", "[4]", "[5, 6]", "[7, 8]"),
        WeightBlocks.byLayer(circuit(new Scaled(2, 2), 5, 4)).stream()
            .map(Arrays::toString)
            .toList());
  }

  @Test
  void anglesMayBeGivenPerSample() {
    CircuitBuilder circuit = Circuit.builder(1);
    Angles features = circuit.features(1);
    Uploads.append(circuit, new Scaled(0), features, new Turns(), 2, circuit::sampleAngles);
    assertEquals(4, circuit.build().sampleAngles());
    assertEquals(0, circuit.build().weights());
  }

  @Test
  void uploadsAloneFollowEachOther() {
    CircuitBuilder circuit = Circuit.builder(1);
    assertEquals(
        2, Uploads.append(circuit, new Scaled(0), circuit.features(1), 2, circuit::weights));
    assertEquals(
        "[RX[x[0]*w[0]] on wire 0, RX[x[0]*w[1]] on wire 0]",
        circuit.build().operations().toString());
  }

  @Test
  void moreUploadsThanLayersAreRefused() {
    assertEquals(
        "the encoding puts its features in 3 times between 2 layers of the ansatz, expected 1 to 2;"
            + " ask for fewer uploads or more layers",
        assertThrows(IllegalArgumentException.class, () -> circuit(new Scaled(3), 2, 0))
            .getMessage());
  }
}
