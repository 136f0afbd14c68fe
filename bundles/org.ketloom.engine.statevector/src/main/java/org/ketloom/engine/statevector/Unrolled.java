package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.List;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;

/**
 * A circuit's gates with a per-sample angle of its own at each place where the circuit reads one:
 * what a shift of a single gate needs where several gates read the same weight.
 */
final class Unrolled {
  /**
   * A place where an angle is read.
   *
   * @param angle what the circuit reads there
   * @param rule how the outputs are differentiated by it
   */
  record Place(Angle angle, ShiftRule rule) {}

  private final Circuit circuit;
  private final List<Place> places;

  Unrolled(Circuit circuit) {
    this.circuit = circuit;
    List<Place> found = new ArrayList<>();
    for (Operation operation : circuit.operations()) {
      for (int a = 0; a < operation.angles().size(); a++) {
        if (operation.angles().get(a).source() != Angle.Source.CONSTANT) {
          found.add(new Place(operation.angles().get(a), ShiftRule.of(operation, a)));
        }
      }
    }
    places = List.copyOf(found);
  }

  List<Place> places() {
    return places;
  }

  /** The circuit without observables; features are read by the amplitude preparation alone. */
  CircuitBuilder builder() {
    CircuitBuilder builder = Circuit.builder(circuit.wires());
    builder.features(circuit.features());
    circuit
        .preparation()
        .ifPresent(
            p ->
                builder
                    .on(ints(p.wires()))
                    .prepareAmplitudes(
                        new Angles(
                            Angle.Source.FEATURE,
                            p.firstFeature(),
                            List.of(p.complex() ? 2 * p.count() : p.count())),
                        p.complex(),
                        p.padding()));
    Angles read = builder.sampleAngles(places.size());
    int next = 0;
    for (Operation operation : circuit.operations()) {
      CircuitBuilder view =
          operation.controls().isEmpty()
              ? builder
              : builder.controlledBy(ints(operation.controls()));
      int[] on = ints(operation.wires());
      if (operation.matrix().isPresent()) {
        view.unitary(operation.matrix().get(), on);
        continue;
      }
      Angle[] angles = operation.angles().toArray(Angle[]::new);
      for (int a = 0; a < angles.length; a++) {
        if (angles[a].source() != Angle.Source.CONSTANT) {
          angles[a] = read.at(next++);
        }
      }
      view.gate(operation.gate(), on, angles);
    }
    return builder;
  }

  /** The angle at each place, row-major {@code [batch][places]}. */
  double[] angles(Inputs inputs) {
    int count = places.size();
    double[] angles = new double[Math.multiplyExact(inputs.batch(), count)];
    for (int b = 0; b < inputs.batch(); b++) {
      for (int j = 0; j < count; j++) {
        Angle angle = places.get(j).angle();
        double read =
            switch (angle.source()) {
              case FEATURE -> inputs.features()[b * circuit.features() + angle.index()];
              case WEIGHT -> inputs.weights()[angle.index()];
              default -> inputs.sampleAngles()[b * circuit.sampleAngles() + angle.index()];
            };
        angles[b * count + j] = angle.scale() * read + angle.offset();
      }
    }
    return angles;
  }

  /** Adds a derivative by the angle at a place to the derivative by what is read there. */
  void add(int place, int sample, double derivative, Gradients into) {
    Angle angle = places.get(place).angle();
    double value = angle.scale() * derivative;
    switch (angle.source()) {
      case FEATURE -> into.features()[sample * circuit.features() + angle.index()] += value;
      case WEIGHT -> into.weights()[angle.index()] += value;
      default -> into.sampleAngles()[sample * circuit.sampleAngles() + angle.index()] += value;
    }
  }

  static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
