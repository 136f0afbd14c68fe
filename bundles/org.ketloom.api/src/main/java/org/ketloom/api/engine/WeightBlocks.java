package org.ketloom.api.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;

/** Usual blocks of weights for {@link SecondOrder#metric}. */
public final class WeightBlocks {

  private WeightBlocks() {}

  /** One block of all weights: the full metric. */
  public static List<int[]> full(Circuit circuit) {
    return List.of(IntStream.range(0, circuit.weights()).toArray());
  }

  /**
   * A block for each layer: for each index of the first axis of each declared block of weights of
   * at least two axes, as ansätze shape them; weights that were declared with one axis are a block.
   */
  public static List<int[]> byLayer(Circuit circuit) {
    List<int[]> blocks = new ArrayList<>();
    for (Angles angles : circuit.blocks()) {
      if (angles.source() != Angle.Source.WEIGHT || angles.size() == 0) {
        continue;
      }
      int layers = angles.shape().size() > 1 ? angles.shape().get(0) : 1;
      int size = angles.size() / layers;
      for (int layer = 0; layer < layers; layer++) {
        int first = angles.first() + layer * size;
        blocks.add(IntStream.range(first, first + size).toArray());
      }
    }
    return List.copyOf(blocks);
  }
}
