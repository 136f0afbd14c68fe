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
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Uploads;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/**
 * An encoding reads the features and weights that it is given, refuses more features than its
 * capacity, and does without weights what it does with weights that are 0.
 */
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
        if (weights(size, features) > 0) {
          upload(size, features, Angle.Source.WEIGHT);
        }
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
    for (int layers = 1; layers <= MAX_LAYERS; layers++) {
      uploads(layers);
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
        String on = features + " features on " + Circuits.count(wires);
        List<Example> examples = new ArrayList<>();
        examples.add(new Example(circuit(wires, features), "(" + on + ")"));
        if (weights(wires, features) > 0) {
          examples.add(
              new Example(
                  upload(wires, features, Angle.Source.SAMPLE),
                  "(" + on + ", weights per sample)"));
        }
        for (int layers = MAX_LAYERS; layers > 1; layers--) {
          if (uploads(layers) > 1 && uploads(layers) <= layers) {
            examples.add(
                new Example(
                    interleaved(wires, features, layers),
                    "(" + on + ", " + uploads(layers) + " uploads)"));
            break;
          }
        }
        return examples;
      }
    }
    return List.of();
  }

  /** Rotations and a chain of CZ: an ansatz to put uploads between. */
  private record Layers() implements Ansatz {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers, wires);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      for (int layer = 0; layer < layers; layer++) {
        for (int wire = 0; wire < circuit.wires(); wire++) {
          circuit.rx(wire, angles.at(layer, wire));
        }
        for (int wire = 0; wire + 1 < circuit.wires(); wire++) {
          circuit.cz(wire, wire + 1);
        }
      }
    }
  }

  private Circuit interleaved(int wires, int count, int layers) throws Violation {
    CircuitBuilder builder = Circuit.builder(wires);
    Angles features = builder.features(count);
    String what =
        uploads(layers) + " uploads of " + count + " features on " + Circuits.count(wires);
    try {
      calls.call(
          what,
          () ->
              Uploads.append(builder, encoding, features, new Layers(), layers, builder::weights));
    } catch (IllegalArgumentException e) {
      throw new Violation(
          Check.SHAPE,
          "uploads("
              + layers
              + " layers) says "
              + uploads(layers)
              + ", but "
              + what
              + " were refused: "
              + e.getMessage());
    }
    Circuits.readAll(builder);
    return builder.build();
  }

  private int uploads(int layers) throws Violation {
    String what = "uploads(" + layers + (layers == 1 ? " layer)" : " layers)");
    int uploads = calls.call(what, () -> encoding.uploads(layers));
    if (uploads < 1) {
      throw new Violation(Check.SHAPE, what + " gave " + uploads + ", expected at least 1");
    }
    return uploads;
  }

  private List<Integer> shape(int wires, int features) throws Violation {
    String what = "weightShape(" + Circuits.count(wires) + ", " + features + " features)";
    List<Integer> shape = calls.call(what, () -> encoding.weightShape(wires, features));
    if (shape == null || shape.stream().anyMatch(n -> n == null || n < 0)) {
      throw new Violation(Check.SHAPE, what + " gave " + shape + ", expected sizes of at least 0");
    }
    long size = shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    if (size < 0 || size > MAX_ANGLES) {
      throw new Violation(
          Check.SHAPE, what + " gave " + shape + ", more than " + MAX_ANGLES + " weights");
    }
    return shape;
  }

  private int weights(int wires, int features) throws Violation {
    return shape(wires, features).stream().reduce(1, (a, b) -> a * b);
  }

  @Override
  void works() throws Violation {
    for (int wires = 1; wires <= MAX_WIRES; wires++) {
      int features = Math.min(capacity(wires), 64);
      if (features > 0 && weights(wires, features) > 0) {
        numbers.requireSameAtZeroWeights(
            upload(wires, features, Angle.Source.WEIGHT),
            circuit(wires, features),
            "append(" + features + " features on " + Circuits.count(wires) + ", weights)");
      }
    }
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
        if (weights(wires, features) > 0) {
          repeatUpload(wires, features);
        }
      }
    }
  }

  /** The same circuit again, the same gates for weights per sample and on a view. */
  private void repeatUpload(int wires, int features) throws Violation {
    String what = "append(" + features + " features on " + Circuits.count(wires) + ", weights)";
    Circuit once = upload(wires, features, Angle.Source.WEIGHT);
    Circuits.same(once, upload(wires, features, Angle.Source.WEIGHT), what);
    Circuits.sameGates(once, upload(wires, features, Angle.Source.SAMPLE), what);
    int[] chosen = Circuits.reversed(wires);
    int[] shape = Circuits.ints(shape(wires, features));
    CircuitBuilder plain = Circuit.builder(wires);
    CircuitBuilder wide = Circuit.builder(wires + 1);
    wide.weights(3);
    append(plain, plain.features(features), plain.weights(shape), what);
    append(wide.on(chosen), wide.features(features), wide.weights(shape), what + " of a view");
    Circuits.onView(plain.build(), wide.build(), chosen, what);
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

  private void append(CircuitBuilder builder, Angles features, Angles weights, String what)
      throws Violation {
    try {
      calls.call(
          what,
          () -> {
            encoding.append(builder, features, weights);
            return null;
          });
    } catch (IllegalArgumentException e) {
      throw new Violation(Check.SHAPE, what + ", of weightShape, was refused: " + e.getMessage());
    }
  }

  /** One upload with weights, all of which and of the features are read. */
  private Circuit upload(int wires, int count, Angle.Source source) throws Violation {
    CircuitBuilder builder = Circuit.builder(wires);
    Angles features = builder.features(count);
    int[] shape = Circuits.ints(shape(wires, count));
    Angles weights =
        source == Angle.Source.WEIGHT ? builder.weights(shape) : builder.sampleAngles(shape);
    String what = "append(" + count + (count == 1 ? " feature on " : " features on ");
    what += Circuits.count(wires) + ", weights)";
    Circuit before = builder.build();
    append(builder, features, weights, what);
    Circuit after = builder.build();
    Circuits.gatesAlone(before, after, what);
    requireRead(after, Angle.Source.FEATURE, count, "features", what);
    requireRead(after, source, weights.size(), "weights", what);
    Circuits.readAll(builder);
    return builder.build();
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
    requireRead(after, Angle.Source.FEATURE, count, "features", what);
    Circuits.readAll(builder);
    return builder.build();
  }

  private static void requireRead(
      Circuit circuit, Angle.Source source, int count, String kind, String what) throws Violation {
    Set<Integer> unread = new TreeSet<>();
    IntStream.range(0, count).forEach(unread::add);
    unread.removeAll(Circuits.read(circuit, source));
    if (source == Angle.Source.FEATURE) {
      circuit
          .preparation()
          .ifPresent(
              p ->
                  IntStream.range(0, p.complex() ? 2 * p.count() : p.count())
                      .forEach(i -> unread.remove(p.firstFeature() + i)));
    }
    if (!unread.isEmpty()) {
      throw new Violation(
          Check.SHAPE,
          what
              + " reads "
              + (count - unread.size())
              + " of the "
              + count
              + " "
              + kind
              + "; never read: "
              + Circuits.some(unread));
    }
  }
}
