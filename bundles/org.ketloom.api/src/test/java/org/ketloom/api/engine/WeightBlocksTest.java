package org.ketloom.api.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;

class WeightBlocksTest {

  @Test
  void aBlockForEachLayer() {
    CircuitBuilder builder = Circuit.builder(2);
    builder.weights(3);
    builder.features(2);
    builder.weights(2, 2, 1);
    builder.weights(0, 4);
    Circuit circuit = builder.build();
    List<int[]> blocks = WeightBlocks.byLayer(circuit);
    assertEquals(3, blocks.size());
    assertArrayEquals(new int[] {0, 1, 2}, blocks.get(0));
    assertArrayEquals(new int[] {3, 4}, blocks.get(1));
    assertArrayEquals(new int[] {5, 6}, blocks.get(2));
    assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5, 6}, WeightBlocks.full(circuit).get(0));
  }
}
