package org.ketloom.engine.trajectories;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Operation;

/**
 * The part of a circuit from its first channel whose branches aren't unitary to its last: gates and
 * branches, run on states that aren't normalised.
 *
 * @param steps in their order
 * @param places of the pairs of each wire
 */
record Sweep(int wires, List<SweepStep> steps, List<int[]> places, Kernels kernels) {

  /** Collects the steps of a sweep. */
  static final class Builder {
    private final int wires;
    private final Kernels kernels;
    private final List<SweepStep> steps = new ArrayList<>();
    private final Map<List<List<Integer>>, int[]> known = new HashMap<>();

    Builder(int wires, Kernels kernels) {
      this.wires = wires;
      this.kernels = kernels;
    }

    void add(Operation operation) {
      List<Integer> on = operation.wires();
      List<Integer> controls = operation.controls();
      boolean varies =
          operation.angles().stream().anyMatch(a -> a.source() != Angle.Source.CONSTANT);
      steps.add(
          new SweepStep(
              on, controls, places(on, controls), Optional.of(operation), -1, -1, varies));
    }

    void add(Unravelling unravelling, int number) {
      List<Integer> on = unravelling.wires();
      if (!unravelling.pauli()) {
        steps.add(branch(on, number, -1, unravelling.varies()));
        return;
      }
      for (int w = 0; w < on.size(); w++) {
        steps.add(branch(on.subList(w, w + 1), number, on.size() - 1 - w, false));
      }
    }

    private SweepStep branch(List<Integer> on, int number, int digit, boolean varies) {
      return new SweepStep(
          on, List.of(), places(on, List.of()), Optional.empty(), number, digit, varies);
    }

    private int[] places(List<Integer> on, List<Integer> controls) {
      return known.computeIfAbsent(List.of(on, controls), key -> placesOf(on, controls));
    }

    private int[] placesOf(List<Integer> on, List<Integer> controls) {
      int mask = mask(on);
      int set = mask(controls);
      IntStream.Builder places = IntStream.builder();
      for (int base = 0; base < 1 << wires; base++) {
        if ((base & mask) == 0 && (base & set) == set) {
          for (int x = 0; x < 1 << on.size(); x++) {
            int place = base;
            for (int i = 0; i < on.size(); i++) {
              place |= (x >> (on.size() - 1 - i) & 1) << (wires - 1 - on.get(i));
            }
            places.add(place * Kernels.ENTRY);
          }
        }
      }
      return places.build().toArray();
    }

    private int mask(List<Integer> of) {
      return of.stream().mapToInt(wire -> 1 << (wires - 1 - wire)).reduce(0, (a, b) -> a | b);
    }

    Sweep build() {
      List<int[]> all = new ArrayList<>();
      for (int wire = 0; wire < wires; wire++) {
        all.add(places(List.of(wire), List.of()));
      }
      return new Sweep(wires, List.copyOf(steps), all, kernels);
    }
  }
}
