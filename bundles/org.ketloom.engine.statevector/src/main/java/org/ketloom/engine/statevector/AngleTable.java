package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.engine.Inputs;

/**
 * The distinct angles that a program needs the cosine and sine of, so that each is computed once
 * for the batch or once for a sample.
 */
final class AngleTable {

  private record Entry(Angle angle, double factor) {}

  private final List<Entry> entries = new ArrayList<>();
  private final Map<Entry, Integer> slots = new HashMap<>();

  /** The place of {@code factor * angle}, added if it is new. */
  int slot(Angle angle, double factor) {
    return slots.computeIfAbsent(
        new Entry(angle, factor),
        entry -> {
          entries.add(entry);
          return entries.size() - 1;
        });
  }

  int size() {
    return entries.size();
  }

  /** Fills {@code [slot][cosine, sine]} with what the batch shares. */
  void fillShared(Inputs inputs, double[] trig) {
    for (int i = 0; i < entries.size(); i++) {
      double t = value(entries.get(i), inputs, 0);
      trig[2 * i] = Math.cos(t);
      trig[2 * i + 1] = Math.sin(t);
    }
  }

  /**
   * Fills {@code [slot][cosine, sine][lane]} for some samples; lanes beyond the last sample repeat
   * it.
   */
  void fillLanes(Inputs inputs, int first, int count, double[] trig) {
    int lanes = Kernels.LANES;
    for (int i = 0; i < entries.size(); i++) {
      for (int l = 0; l < lanes; l++) {
        int at = 2 * lanes * i + l;
        if (l < count) {
          double t = value(entries.get(i), inputs, first + l);
          trig[at] = Math.cos(t);
          trig[at + lanes] = Math.sin(t);
        } else {
          trig[at] = trig[at - 1];
          trig[at + lanes] = trig[at + lanes - 1];
        }
      }
    }
  }

  private static double value(Entry entry, Inputs inputs, int sample) {
    Angle angle = entry.angle();
    double read =
        switch (angle.source()) {
          case CONSTANT -> 0;
          case WEIGHT -> inputs.weights()[angle.index()];
          case FEATURE -> at(inputs.features(), inputs.batch(), sample, angle.index());
          case SAMPLE -> at(inputs.sampleAngles(), inputs.batch(), sample, angle.index());
        };
    return entry.factor() * (angle.scale() * read + angle.offset());
  }

  private static double at(double[] rows, int batch, int sample, int index) {
    return rows[sample * (rows.length / batch) + index];
  }
}
