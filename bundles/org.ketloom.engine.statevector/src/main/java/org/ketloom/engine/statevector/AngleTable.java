package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.engine.Inputs;

/**
 * The distinct angles, each a sum, that a program needs the cosine and sine of, so that each is
 * computed once for the batch or once for a sample.
 */
final class AngleTable {
  private final List<List<Angle>> sums = new ArrayList<>();
  private final Map<List<Angle>, Integer> slots = new HashMap<>();

  /** The place of a sum, added if it is new. */
  int slot(List<Angle> sum) {
    return slots.computeIfAbsent(
        sum,
        s -> {
          sums.add(s);
          return sums.size() - 1;
        });
  }

  int size() {
    return sums.size();
  }

  /**
   * Fills {@code [slot][cosine, sine][lane]} for some samples; lanes beyond the last sample repeat
   * it.
   *
   * @param count number of samples; 1 for angles that the batch shares
   */
  void fill(Su2Kernels kernels, Inputs inputs, int first, int count, double[] trig) {
    int at = 0;
    for (int s = 0; s < sums.size(); s++) {
      List<Angle> sum = sums.get(s);
      for (int l = 0; l < count; l++) {
        double t = 0;
        for (int a = 0; a < sum.size(); a++) {
          Angle angle = sum.get(a);
          t += angle.scale() * read(angle, inputs, first + l) + angle.offset();
        }
        trig[at + l] = t;
      }
      for (int l = count; l < Kernels.LANES; l++) {
        trig[at + l] = trig[at + l - 1];
      }
      at += Kernels.STRIDE;
    }
    kernels.cosinesAndSines(trig, sums.size());
  }

  private static double read(Angle angle, Inputs inputs, int sample) {
    return switch (angle.source()) {
      case CONSTANT -> 0;
      case WEIGHT -> inputs.weights()[angle.index()];
      case FEATURE -> at(inputs.features(), inputs.batch(), sample, angle.index());
      case SAMPLE -> at(inputs.sampleAngles(), inputs.batch(), sample, angle.index());
    };
  }

  private static double at(double[] rows, int batch, int sample, int index) {
    return rows[sample * (rows.length / batch) + index];
  }
}
