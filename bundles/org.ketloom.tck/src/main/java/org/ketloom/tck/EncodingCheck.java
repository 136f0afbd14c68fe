package org.ketloom.tck;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Encoding;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/** An encoding reads the features that it is given, and refuses more than its capacity. */
final class EncodingCheck extends CircuitCheck {
  private final Encoding encoding;

  EncodingCheck(Encoding encoding, QuantumEngine engine, Calls calls) {
    super(engine, calls);
    this.encoding = encoding;
  }

  @Override
  void structure() throws Violation {
    int most = 0;
    for (int wires = 1; wires <= ENOUGH_WIRES && (wires <= MAX_WIRES || most == 0); wires++) {
      int size = wires;
      int capacity = capacity(size);
      most = Math.max(most, capacity);
      for (int features : counts(capacity)) {
        circuit(size, features);
      }
      if (capacity < MAX_ANGLES) {
        tooMany(size, capacity);
      }
    }
    if (most == 0) {
      throw new Violation(
          Check.SHAPE,
          "the encoding takes no feature on any number of wires from 1 to " + ENOUGH_WIRES);
    }
  }

  private static Set<Integer> counts(int capacity) {
    return capacity < 1
        ? Set.of()
        : new TreeSet<>(Set.copyOf(List.of(1, (capacity + 1) / 2, Math.min(capacity, 1024))));
  }

  private void tooMany(int wires, int capacity) throws Violation {
    CircuitBuilder builder = Circuit.builder(wires);
    Angles features = builder.features(capacity + 1);
    try {
      calls.call(
          "append(" + (capacity + 1) + " features on " + Circuits.count(wires) + ")",
          () -> {
            encoding.append(builder, features);
            return null;
          });
    } catch (IllegalArgumentException e) {
      return;
    }
    throw new Violation(
        Check.SHAPE,
        "capacity("
            + Circuits.count(wires)
            + ") says "
            + capacity
            + " features, but append takes "
            + (capacity + 1)
            + " without an IllegalArgumentException");
  }

  @Override
  List<Example> examples() throws Violation {
    for (int wires = 2; wires <= ENOUGH_WIRES; wires++) {
      int capacity = capacity(wires);
      if (capacity > 0) {
        int features = Math.min(capacity, 64);
        return List.of(
            new Example(
                circuit(wires, features),
                "(" + features + " features on " + Circuits.count(wires) + ")"));
      }
    }
    return List.of();
  }

  @Override
  void repeat() throws Violation {
    for (int wires = 1; wires <= MAX_WIRES; wires++) {
      int features = Math.min(capacity(wires), 64);
      if (features > 0) {
        String what = "append(" + features + " features on " + Circuits.count(wires) + ")";
        Circuits.same(circuit(wires, features), circuit(wires, features), what);
        int[] chosen = Circuits.reversed(wires);
        CircuitBuilder plain = Circuit.builder(wires);
        CircuitBuilder wide = Circuit.builder(wires + 1);
        append(plain, plain.features(features), what);
        append(wide.on(chosen), wide.features(features), what + " of a view");
        Circuits.onView(plain.build(), wide.build(), chosen, what);
      }
    }
  }

  private int capacity(int wires) throws Violation {
    String what = "capacity(" + Circuits.count(wires) + ")";
    int capacity = calls.call(what, () -> encoding.capacity(wires));
    if (capacity < 0) {
      throw new Violation(Check.SHAPE, what + " gave " + capacity + ", expected at least 0");
    }
    return capacity;
  }

  private void append(CircuitBuilder builder, Angles features, String what) throws Violation {
    try {
      calls.call(
          what,
          () -> {
            encoding.append(builder, features);
            return null;
          });
    } catch (IllegalArgumentException e) {
      throw new Violation(
          Check.SHAPE, what + ", within the capacity, was refused: " + e.getMessage());
    }
  }

  private Circuit circuit(int wires, int count) throws Violation {
    CircuitBuilder builder = Circuit.builder(wires);
    Angles features = builder.features(count);
    String what = "append(" + count + (count == 1 ? " feature on " : " features on ");
    what += Circuits.count(wires) + ")";
    Circuit before = builder.build();
    try {
      append(builder, features, what);
    } catch (Violation e) {
      // Complex amplitudes come in pairs: an odd number may be refused, all of them may not.
      if (count % 2 != 0 && count < capacity(wires) && e.finding().check() == Check.SHAPE) {
        return before;
      }
      throw e;
    }
    Circuit after = builder.build();
    Circuits.gatesAlone(before, after, what);
    Set<Integer> unread = new TreeSet<>();
    IntStream.range(0, count).forEach(unread::add);
    unread.removeAll(Circuits.read(after, Angle.Source.FEATURE));
    after
        .preparation()
        .ifPresent(
            p ->
                IntStream.range(0, p.complex() ? 2 * p.count() : p.count())
                    .forEach(i -> unread.remove(p.firstFeature() + i)));
    if (!unread.isEmpty()) {
      throw new Violation(
          Check.SHAPE,
          what
              + " reads "
              + (count - unread.size())
              + " of the "
              + count
              + " features; never read: "
              + Circuits.some(unread));
    }
    Circuits.readAll(builder);
    return builder.build();
  }
}
