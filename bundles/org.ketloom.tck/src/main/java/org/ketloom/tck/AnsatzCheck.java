package org.ketloom.tck;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Ansatz;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/** An ansatz reads the angles that it asks for, and gives the same gates wherever it is laid. */
final class AnsatzCheck extends CircuitCheck {
  private final Ansatz ansatz;

  AnsatzCheck(Ansatz ansatz, QuantumEngine engine, Calls calls) {
    super(engine, calls);
    this.ansatz = ansatz;
  }

  @Override
  void structure() throws Violation {
    int fits = 0;
    for (int wires = 1; wires <= ENOUGH_WIRES && (wires <= MAX_WIRES || fits == 0); wires++) {
      for (int layers = 1; layers <= MAX_LAYERS; layers++) {
        try {
          shape(wires, layers);
        } catch (IllegalArgumentException e) {
          continue;
        }
        fits++;
        circuit(wires, layers, Angle.Source.WEIGHT);
      }
    }
    if (fits == 0) {
      throw new Violation(
          Check.SHAPE, "the ansatz accepts no number of wires from 1 to " + ENOUGH_WIRES);
    }
  }

  @Override
  List<Example> examples() throws Violation {
    List<Example> circuits = new ArrayList<>();
    for (int wires = 2; wires <= ENOUGH_WIRES && circuits.isEmpty(); wires++) {
      try {
        shape(wires, 2);
      } catch (IllegalArgumentException e) {
        continue;
      }
      circuits.add(new Example(circuit(wires, 2, Angle.Source.WEIGHT), on(wires, 2)));
      circuits.add(
          new Example(
              circuit(wires, 2, Angle.Source.SAMPLE), on(wires, 2) + " with angles per sample"));
    }
    return circuits;
  }

  @Override
  void repeat() throws Violation {
    for (int wires = 1; wires <= MAX_WIRES; wires++) {
      int size = wires;
      try {
        shape(size, 2);
      } catch (IllegalArgumentException e) {
        continue;
      }
      Circuits.same(
          circuit(size, 2, Angle.Source.WEIGHT),
          circuit(size, 2, Angle.Source.WEIGHT),
          "append" + on(size, 2));
      Circuit whole = circuit(size, 2, Angle.Source.SAMPLE);
      Circuits.sameGates(circuit(size, 2, Angle.Source.WEIGHT), whole, "append" + on(size, 2));
      view(size);
    }
  }

  /** On a view, with a block that doesn't begin at 0: the same gates on the view's wires. */
  private void view(int wires) throws Violation {
    CircuitBuilder builder = Circuit.builder(wires + 1);
    builder.weights(3);
    int[] chosen = IntStream.range(0, wires).map(w -> wires - w).toArray();
    List<Integer> shape = shape(wires, 2);
    Angles angles = builder.weights(Circuits.ints(shape));
    calls.call(
        "append" + on(wires, 2) + " of a view",
        () -> {
          ansatz.append(builder.on(chosen), 2, angles);
          return null;
        });
    CircuitBuilder plain = Circuit.builder(wires);
    Angles block = plain.weights(Circuits.ints(shape));
    calls.call(
        "append" + on(wires, 2),
        () -> {
          ansatz.append(plain, 2, block);
          return null;
        });
    Circuits.onView(plain.build(), builder.build(), chosen, "append" + on(wires, 2));
  }

  private List<Integer> shape(int wires, int layers) throws Violation {
    String what = "angleShape" + on(wires, layers);
    List<Integer> shape = calls.call(what, () -> ansatz.angleShape(wires, layers));
    if (shape == null || shape.stream().anyMatch(n -> n == null || n < 0)) {
      throw new Violation(Check.SHAPE, what + " gave " + shape + ", expected sizes of at least 0");
    }
    long size = shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    if (size < 0 || size > MAX_ANGLES) {
      throw new Violation(
          Check.SHAPE, what + " gave " + shape + ", more than " + MAX_ANGLES + " angles");
    }
    return shape;
  }

  private Circuit circuit(int wires, int layers, Angle.Source source) throws Violation {
    List<Integer> shape = shape(wires, layers);
    CircuitBuilder builder = Circuits.scrambled(wires);
    Angles angles =
        source == Angle.Source.WEIGHT
            ? builder.weights(Circuits.ints(shape))
            : builder.sampleAngles(Circuits.ints(shape));
    String what = "append" + on(wires, layers);
    Circuit before = builder.build();
    try {
      calls.call(
          what,
          () -> {
            ansatz.append(builder, layers, angles);
            return null;
          });
    } catch (IllegalArgumentException e) {
      throw new Violation(
          Check.SHAPE,
          what
              + " with the "
              + angles.size()
              + " angles of angleShape "
              + shape
              + " was refused: "
              + e.getMessage());
    }
    Circuit after = builder.build();
    Circuits.gatesAlone(before, after, what);
    Set<Integer> unread = new TreeSet<>();
    IntStream.range(0, angles.size()).forEach(unread::add);
    unread.removeAll(Circuits.read(after, source));
    if (!unread.isEmpty()) {
      throw new Violation(
          Check.SHAPE,
          "angleShape"
              + on(wires, layers)
              + " says "
              + Circuits.text(shape)
              + " = "
              + angles.size()
              + " angles, but append reads "
              + (angles.size() - unread.size())
              + " of them; never read: "
              + Circuits.some(unread));
    }
    Circuits.readAll(builder);
    return builder.build();
  }

  private static String on(int wires, int layers) {
    return "("
        + layers
        + (layers == 1 ? " layer on " : " layers on ")
        + Circuits.count(wires)
        + ")";
  }
}
