package org.ketloom.tck;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/**
 * Checks parts. In a unit test:
 *
 * <pre>
 * new Conformance(new StateVectorEngine()).require(new LadderAnsatz());
 * </pre>
 *
 * <p>Every call into a part is bound in time; one that doesn't return is left behind on a thread of
 * its own. All numbers derive from a fixed seed. Safe for use by several threads.
 */
public final class Conformance {
  private static final int MOST_WIRES = 5;
  private static final int MOST_LAYERS = 3;
  private static final int MOST_ANGLES = 1_000_000;

  /** On few wires a part may refuse to be laid; on one of 1 to this many it must not. */
  private static final int ROOM = 8;

  private final QuantumEngine engine;
  private final Duration limit;

  /** Checks with an engine; a call into a part may take 2 seconds. */
  public Conformance(QuantumEngine engine) {
    this(engine, Duration.ofSeconds(2));
  }

  /**
   * Checks with an engine.
   *
   * @param limit most time for a call into a part; all together may take ten times as long
   */
  public Conformance(QuantumEngine engine, Duration limit) {
    this.engine = engine;
    this.limit = limit;
  }

  /**
   * Checks an encoding, ansatz or observable head with its options as they are, and with changed
   * ones. Of other parts only the options are read.
   *
   * @return what it doesn't keep to; empty if all is well
   */
  public List<Finding> check(Part part) {
    List<Finding> findings = new ArrayList<>();
    try (Calls calls = new Calls(limit, limit.multipliedBy(10))) {
      Subject subject = subject(part, calls);
      try {
        calls.call("reading the options", () -> Options.of(part));
        subject.structure();
        Numbers numbers = new Numbers(engine);
        for (Circuit circuit : subject.examples()) {
          numbers.check(circuit, subject.describe(circuit)).forEach(findings::add);
        }
        subject.repeat();
        options(part, calls);
      } catch (Violation e) {
        findings.add(e.finding());
      } catch (IllegalArgumentException e) {
        findings.add(new Finding(Check.EXCEPTION, e.getMessage()));
      }
    }
    return List.copyOf(findings);
  }

  /**
   * Checks the engine itself: known values, batches, gradients of every gate, source and
   * observable. What it says that it can't differentiate is left out.
   */
  public List<Finding> checkEngine() {
    try (Calls calls = new Calls(limit, limit.multipliedBy(10))) {
      return List.copyOf(new EngineChecks(engine, calls).findings());
    }
  }

  /**
   * As {@link #check}.
   *
   * @throws AssertionError listing the findings, if there are any
   */
  public void require(Part part) {
    List<Finding> findings = check(part);
    if (!findings.isEmpty()) {
      throw new AssertionError(
          part.getClass().getName()
              + " doesn't conform:"
              + findings.stream().map(f -> "\n  " + f).collect(Collectors.joining()));
    }
  }

  private static Subject subject(Part part, Calls calls) {
    if (part instanceof Ansatz ansatz) {
      return new AnsatzSubject(ansatz, calls);
    }
    if (part instanceof Encoding encoding) {
      return new EncodingSubject(encoding, calls);
    }
    if (part instanceof ObservableHead head) {
      return new HeadSubject(head, calls);
    }
    return new Subject(calls);
  }

  /** Odd values of each option are refused, or give a part that works. */
  private void options(Part part, Calls calls) throws Violation {
    if (!part.getClass().isRecord() || part.getClass().getRecordComponents().length == 0) {
      return;
    }
    try {
      part.getClass().getDeclaredConstructor();
    } catch (NoSuchMethodException e) {
      throw new Violation(
          Check.OPTIONS,
          part.getClass().getSimpleName()
              + " has "
              + part.getClass().getRecordComponents().length
              + " options, but no constructor without arguments that sets their defaults");
    }
    for (RecordComponent option : part.getClass().getRecordComponents()) {
      for (Object value : oddValues(option.getType())) {
        String what = "option \"" + option.getName() + "\" = " + quoted(value);
        Part changed;
        try {
          changed =
              calls.call(
                  what, () -> Options.with(part, "the part", Map.of(option.getName(), value)));
        } catch (IllegalArgumentException e) {
          continue;
        }
        works(changed, what, calls);
      }
    }
  }

  private void works(Part part, String what, Calls calls) throws Violation {
    try {
      Subject subject = subject(part, calls);
      for (Circuit circuit : subject.examples()) {
        new Numbers(engine).requireSound(circuit, subject.describe(circuit));
      }
    } catch (IllegalArgumentException e) {
      // Refused where it is laid on wires: some options fit some numbers of wires alone.
      return;
    } catch (Violation e) {
      throw new Violation(
          e.finding().check() == Check.TIME ? Check.TIME : Check.OPTIONS,
          what
              + " is accepted, but then "
              + e.getMessage()
              + "; refuse it in the compact constructor");
    }
  }

  private static List<Object> oddValues(Class<?> type) {
    if (type == int.class || type == long.class) {
      return List.of(-1, 0, Integer.MIN_VALUE);
    }
    if (type == double.class) {
      return List.of(-1.0, 0.0, 1e300);
    }
    if (type == String.class) {
      return List.of("", "no such thing");
    }
    if (type == List.class) {
      return List.of(List.of(), "-1");
    }
    return type == boolean.class ? List.of(false, true) : List.of();
  }

  private static String quoted(Object value) {
    return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
  }

  /** A part in front of the checks; one of no kind that is known has nothing to be checked. */
  private static class Subject {
    final Calls calls;
    private final Map<Circuit, String> names = new LinkedHashMap<>();

    Subject(Calls calls) {
      this.calls = calls;
    }

    /** Checks shapes on every small number of wires. */
    void structure() throws Violation {}

    /** Circuits whose numbers are checked. */
    List<Circuit> examples() throws Violation {
      return List.of();
    }

    /** Makes circuits again. */
    void repeat() throws Violation {}

    String describe(Circuit circuit) {
      return names.get(circuit);
    }

    Circuit named(Circuit circuit, String name) {
      names.put(circuit, name);
      return circuit;
    }
  }

  private static final class AnsatzSubject extends Subject {
    private final Ansatz ansatz;

    AnsatzSubject(Ansatz ansatz, Calls calls) {
      super(calls);
      this.ansatz = ansatz;
    }

    @Override
    void structure() throws Violation {
      int fits = 0;
      for (int wires = 1; wires <= ROOM && (wires <= MOST_WIRES || fits == 0); wires++) {
        for (int layers = 1; layers <= MOST_LAYERS; layers++) {
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
            Check.SHAPE,
            "the ansatz refuses to be laid on every number of wires from 1 to " + ROOM);
      }
    }

    @Override
    List<Circuit> examples() throws Violation {
      List<Circuit> circuits = new ArrayList<>();
      for (int wires = 2; wires <= ROOM && circuits.isEmpty(); wires++) {
        try {
          shape(wires, 2);
        } catch (IllegalArgumentException e) {
          continue;
        }
        circuits.add(named(circuit(wires, 2, Angle.Source.WEIGHT), on(wires, 2)));
        circuits.add(
            named(
                circuit(wires, 2, Angle.Source.SAMPLE), on(wires, 2) + " with angles per sample"));
      }
      return circuits;
    }

    @Override
    void repeat() throws Violation {
      for (int wires = 1; wires <= MOST_WIRES; wires++) {
        int size = wires;
        try {
          shape(size, 2);
        } catch (IllegalArgumentException e) {
          continue;
        }
        same(
            circuit(size, 2, Angle.Source.WEIGHT),
            circuit(size, 2, Angle.Source.WEIGHT),
            "append" + on(size, 2));
        Circuit whole = circuit(size, 2, Angle.Source.SAMPLE);
        sameGates(circuit(size, 2, Angle.Source.WEIGHT), whole, "append" + on(size, 2));
        view(size);
      }
    }

    /** On a view, with a block that doesn't begin at 0: the same gates on the view's wires. */
    private void view(int wires) throws Violation {
      CircuitBuilder builder = Circuit.builder(wires + 1);
      builder.weights(3);
      int[] chosen = IntStream.range(0, wires).map(w -> wires - w).toArray();
      List<Integer> shape = shape(wires, 2);
      Angles angles = builder.weights(ints(shape));
      calls.call(
          "append" + on(wires, 2) + " of a view",
          () -> {
            ansatz.append(builder.on(chosen), 2, angles);
            return null;
          });
      CircuitBuilder plain = Circuit.builder(wires);
      Angles block = plain.weights(ints(shape));
      calls.call(
          "append" + on(wires, 2),
          () -> {
            ansatz.append(plain, 2, block);
            return null;
          });
      onView(plain.build(), builder.build(), chosen, "append" + on(wires, 2));
    }

    private List<Integer> shape(int wires, int layers) throws Violation {
      String what = "angleShape" + on(wires, layers);
      List<Integer> shape = calls.call(what, () -> ansatz.angleShape(wires, layers));
      if (shape == null || shape.stream().anyMatch(n -> n == null || n < 0)) {
        throw new Violation(
            Check.SHAPE, what + " gave " + shape + ", expected sizes of at least 0");
      }
      long size = shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
      if (size < 0 || size > MOST_ANGLES) {
        throw new Violation(
            Check.SHAPE, what + " gave " + shape + ", more than " + MOST_ANGLES + " angles");
      }
      return shape;
    }

    private Circuit circuit(int wires, int layers, Angle.Source source) throws Violation {
      List<Integer> shape = shape(wires, layers);
      CircuitBuilder builder = Numbers.scrambled(wires);
      Angles angles =
          source == Angle.Source.WEIGHT
              ? builder.weights(ints(shape))
              : builder.sampleAngles(ints(shape));
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
      gatesAlone(before, after, what);
      Set<Integer> unread = new TreeSet<>();
      IntStream.range(0, angles.size()).forEach(unread::add);
      unread.removeAll(read(after, source));
      if (!unread.isEmpty()) {
        throw new Violation(
            Check.SHAPE,
            "angleShape"
                + on(wires, layers)
                + " says "
                + text(shape)
                + " = "
                + angles.size()
                + " angles, but append reads "
                + (angles.size() - unread.size())
                + " of them; never read: "
                + some(unread));
      }
      Numbers.readAll(builder);
      return builder.build();
    }

    private static String on(int wires, int layers) {
      return "(" + layers + (layers == 1 ? " layer on " : " layers on ") + count(wires) + ")";
    }
  }

  private static final class EncodingSubject extends Subject {
    private final Encoding encoding;

    EncodingSubject(Encoding encoding, Calls calls) {
      super(calls);
      this.encoding = encoding;
    }

    @Override
    void structure() throws Violation {
      int most = 0;
      for (int wires = 1; wires <= ROOM && (wires <= MOST_WIRES || most == 0); wires++) {
        int size = wires;
        int capacity = capacity(size);
        most = Math.max(most, capacity);
        for (int features : counts(capacity)) {
          circuit(size, features);
        }
        if (capacity < MOST_ANGLES) {
          tooMany(size, capacity);
        }
      }
      if (most == 0) {
        throw new Violation(
            Check.SHAPE, "the encoding takes no feature on any number of wires from 1 to " + ROOM);
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
            "append(" + (capacity + 1) + " features on " + count(wires) + ")",
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
              + count(wires)
              + ") says "
              + capacity
              + " features, but append takes "
              + (capacity + 1)
              + " without an IllegalArgumentException");
    }

    @Override
    List<Circuit> examples() throws Violation {
      for (int wires = 2; wires <= ROOM; wires++) {
        int capacity = capacity(wires);
        if (capacity > 0) {
          int features = Math.min(capacity, 64);
          return List.of(
              named(
                  circuit(wires, features), "(" + features + " features on " + count(wires) + ")"));
        }
      }
      return List.of();
    }

    @Override
    void repeat() throws Violation {
      for (int wires = 1; wires <= MOST_WIRES; wires++) {
        int features = Math.min(capacity(wires), 64);
        if (features > 0) {
          String what = "append(" + features + " features on " + count(wires) + ")";
          same(circuit(wires, features), circuit(wires, features), what);
          int[] chosen = reversed(wires);
          CircuitBuilder plain = Circuit.builder(wires);
          CircuitBuilder wide = Circuit.builder(wires + 1);
          append(plain, plain.features(features), what);
          append(wide.on(chosen), wide.features(features), what + " of a view");
          onView(plain.build(), wide.build(), chosen, what);
        }
      }
    }

    private int capacity(int wires) throws Violation {
      String what = "capacity(" + count(wires) + ")";
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
      what += count(wires) + ")";
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
      gatesAlone(before, after, what);
      Set<Integer> unread = new TreeSet<>();
      IntStream.range(0, count).forEach(unread::add);
      unread.removeAll(read(after, Angle.Source.FEATURE));
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
                + some(unread));
      }
      Numbers.readAll(builder);
      return builder.build();
    }
  }

  private static final class HeadSubject extends Subject {
    private final ObservableHead head;

    HeadSubject(ObservableHead head, Calls calls) {
      super(calls);
      this.head = head;
    }

    @Override
    void structure() throws Violation {
      int fits = 0;
      for (int wires = 1; wires <= ROOM && (wires <= MOST_WIRES || fits == 0); wires++) {
        try {
          outputs(wires);
        } catch (IllegalArgumentException e) {
          continue;
        }
        fits++;
        circuit(wires);
      }
      if (fits == 0) {
        throw new Violation(
            Check.SHAPE, "the head refuses to be laid on every number of wires from 1 to " + ROOM);
      }
    }

    @Override
    List<Circuit> examples() throws Violation {
      for (int wires = 2; wires <= ROOM; wires++) {
        try {
          outputs(wires);
        } catch (IllegalArgumentException e) {
          continue;
        }
        return List.of(named(circuit(wires), "(on " + count(wires) + ")"));
      }
      return List.of();
    }

    @Override
    void repeat() throws Violation {
      for (int wires = 1; wires <= MOST_WIRES; wires++) {
        try {
          outputs(wires);
        } catch (IllegalArgumentException e) {
          continue;
        }
        same(circuit(wires), circuit(wires), "append(on " + count(wires) + ")");
      }
    }

    private int outputs(int wires) throws Violation {
      String what = "outputs(" + count(wires) + ")";
      int outputs = calls.call(what, () -> head.outputs(wires));
      if (outputs < 1) {
        throw new Violation(Check.SHAPE, what + " gave " + outputs + ", expected at least 1");
      }
      return outputs;
    }

    private Circuit circuit(int wires) throws Violation {
      CircuitBuilder builder = Numbers.scrambled(wires);
      Angles angles = builder.weights(wires);
      for (int wire = 0; wire < wires; wire++) {
        builder.rx(wire, angles.at(wire));
      }
      Circuit before = builder.build();
      String what = "append(on " + count(wires) + ")";
      int outputs = outputs(wires);
      try {
        calls.call(
            what,
            () -> {
              head.append(builder);
              return null;
            });
      } catch (IllegalArgumentException e) {
        throw new Violation(
            Check.SHAPE,
            what + " was refused, though outputs says " + outputs + ": " + e.getMessage());
      }
      Circuit after = builder.build();
      if (!after.operations().equals(before.operations())
          || !after.blocks().equals(before.blocks())
          || !after.preparation().equals(before.preparation())) {
        throw new Violation(
            Check.SHAPE,
            what
                + " changed the circuit from "
                + before
                + " to "
                + after
                + "; a head adds observables alone");
      }
      if (after.outputs() != outputs) {
        throw new Violation(
            Check.SHAPE,
            "outputs("
                + count(wires)
                + ") says "
                + outputs
                + ", but append reads "
                + after.outputs());
      }
      return after;
    }
  }

  /** An ansatz or encoding adds gates, and nothing else. */
  private static void gatesAlone(Circuit before, Circuit after, String what) throws Violation {
    if (!after.blocks().equals(before.blocks())) {
      throw new Violation(
          Check.SHAPE,
          what
              + " declares "
              + (after.blocks().size() - before.blocks().size())
              + " blocks of angles of its own; it has to use those that it is given");
    }
    if (!after.observables().isEmpty()) {
      throw new Violation(
          Check.SHAPE,
          what + " adds " + after.observables().size() + " observables; that is a head's work");
    }
  }

  private static Set<Integer> read(Circuit circuit, Angle.Source source) {
    Set<Integer> read = new HashSet<>();
    for (Operation operation : circuit.operations()) {
      for (Angle angle : operation.angles()) {
        if (angle.source() == source) {
          read.add(angle.index());
        }
      }
    }
    return read;
  }

  private static void same(Circuit first, Circuit second, String what) throws Violation {
    if (!first.fingerprint().equals(second.fingerprint())) {
      throw new Violation(
          Check.REPEATABLE,
          what + " gave two circuits for the same arguments: " + difference(first, second));
    }
  }

  private static void sameGates(Circuit first, Circuit second, String what) throws Violation {
    List<String> one = first.operations().stream().map(o -> o.name() + o.wires()).toList();
    List<String> two = second.operations().stream().map(o -> o.name() + o.wires()).toList();
    if (!one.equals(two)) {
      throw new Violation(
          Check.REPEATABLE,
          what
              + " gave other gates for angles per sample than for weights: "
              + difference(first, second));
    }
  }

  private static void onView(Circuit plain, Circuit wide, int[] chosen, String what)
      throws Violation {
    List<String> expected =
        plain.operations().stream()
            .map(o -> o.name() + o.wires().stream().map(w -> chosen[w]).toList())
            .toList();
    List<String> found = wide.operations().stream().map(o -> o.name() + o.wires()).toList();
    if (!expected.equals(found)) {
      throw new Violation(
          Check.REPEATABLE,
          what
              + " gave other gates on a view of wires "
              + IntStream.of(chosen).boxed().toList()
              + ": expected "
              + expected.size()
              + " gates, found "
              + found.size()
              + "; first difference at gate "
              + firstDifference(expected, found));
    }
  }

  private static String difference(Circuit first, Circuit second) {
    List<String> one = first.operations().stream().map(Operation::toString).toList();
    List<String> two = second.operations().stream().map(Operation::toString).toList();
    int at = firstDifference(one, two);
    return one.size()
        + " and "
        + two.size()
        + " gates"
        + (at < Math.min(one.size(), two.size())
            ? ", gate " + at + " is " + one.get(at) + " and then " + two.get(at)
            : "");
  }

  private static int firstDifference(List<String> one, List<String> two) {
    int at = 0;
    while (at < Math.min(one.size(), two.size()) && one.get(at).equals(two.get(at))) {
      at++;
    }
    return at;
  }

  private static int[] reversed(int wires) {
    return IntStream.range(0, wires).map(w -> wires - w).toArray();
  }

  private static int[] ints(List<Integer> shape) {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  private static String text(List<Integer> shape) {
    return shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }

  private static String count(int wires) {
    return wires + (wires == 1 ? " wire" : " wires");
  }

  private static String some(Set<Integer> indices) {
    String first = indices.stream().limit(8).map(String::valueOf).collect(Collectors.joining(", "));
    return indices.size() > 8 ? first + ", ..." : first;
  }
}
