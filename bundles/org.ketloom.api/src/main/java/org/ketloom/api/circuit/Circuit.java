package org.ketloom.api.circuit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * An immutable quantum circuit: plain data, made by a {@link CircuitBuilder} and run by a {@link
 * org.ketloom.api.engine.QuantumEngine}. It was checked when it was built, so that an engine may
 * assume that wires, angles and matrices fit.
 */
public final class Circuit {
  private final int wires;
  private final int features;
  private final int hermitianEntries;
  private final int weights;
  private final int sampleAngles;
  private final int outputs;
  private final List<Angles> blocks;
  private final Optional<Preparation> start;
  private final List<Instruction> instructions;
  private final List<Operation> operations;
  private final SortedMap<Integer, ReadoutError> readoutErrors;
  private final List<Observable> observables;

  /** Empty until it is asked for; threads that compute it at the same time get the same. */
  private volatile String fingerprint = "";

  Circuit(
      int wires,
      int features,
      int hermitianEntries,
      List<Angles> blocks,
      Optional<Preparation> start,
      List<Instruction> instructions,
      Map<Integer, ReadoutError> readoutErrors,
      List<Observable> observables) {
    this.wires = wires;
    this.features = features;
    this.hermitianEntries = hermitianEntries;
    this.blocks = List.copyOf(blocks);
    this.start = start;
    this.instructions = List.copyOf(instructions);
    this.operations =
        instructions.stream()
            .filter(Operation.class::isInstance)
            .map(Operation.class::cast)
            .toList();
    this.readoutErrors = Collections.unmodifiableSortedMap(new TreeMap<>(readoutErrors));
    this.observables = List.copyOf(observables);
    this.weights = size(Angle.Source.WEIGHT);
    this.sampleAngles = size(Angle.Source.SAMPLE);
    this.outputs = observables.stream().mapToInt(Observable::outputs).sum();
  }

  /**
   * Starts a circuit.
   *
   * @param wires number of qubits, at least 1
   * @throws IllegalArgumentException if {@code wires} is below 1
   */
  public static CircuitBuilder builder(int wires) {
    return new CircuitBuilder(wires);
  }

  /** Number of qubits. */
  public int wires() {
    return wires;
  }

  /** Number of input features per sample. */
  public int features() {
    return features;
  }

  /** Number of trainable weights, shared by the batch. */
  public int weights() {
    return weights;
  }

  /** Number of angles that are given per sample. */
  public int sampleAngles() {
    return sampleAngles;
  }

  /** Number of real entries of all trainable Hermitians. */
  public int hermitianEntries() {
    return hermitianEntries;
  }

  /** Number of values read per sample: the observables' outputs one after another. */
  public int outputs() {
    return outputs;
  }

  /** The blocks of features, weights and per-sample angles in the order of their declaration. */
  public List<Angles> blocks() {
    return blocks;
  }

  /** How the initial state is prepared; empty for |0...0>. */
  public Optional<Preparation> start() {
    return start;
  }

  /** How amplitudes are prepared; empty for |0...0> and for any other {@link #start}. */
  public Optional<AmplitudePreparation> preparation() {
    return start
        .filter(AmplitudePreparation.class::isInstance)
        .map(AmplitudePreparation.class::cast);
  }

  /** Gates and channels in the order in which they act. */
  public List<Instruction> instructions() {
    return instructions;
  }

  /**
   * The gates alone, in the order in which they act. They are the whole circuit if it {@link
   * #isPure}.
   */
  public List<Operation> operations() {
    return operations;
  }

  /** Errors of the final measurement, by wire; wires that aren't named are read without. */
  public SortedMap<Integer, ReadoutError> readoutErrors() {
    return readoutErrors;
  }

  /**
   * Whether a simulator of state vectors can run the circuit: there are no channels and readout
   * errors, it starts in |0...0> or in amplitudes, and reads no density matrix.
   */
  public boolean isPure() {
    return impurity().isEmpty();
  }

  /**
   * Refuses a circuit that isn't {@link #isPure}.
   *
   * @param who can't take it, as the beginning of the message: {@code engine "statevector"}
   * @throws IllegalArgumentException naming what is in the way
   */
  public void requirePure(String who) {
    impurity()
        .ifPresent(
            what -> {
              throw new IllegalArgumentException(
                  who
                      + " takes circuits of pure states and unitary gates, found "
                      + what
                      + "; use an engine for mixed states, such as density-matrix");
            });
  }

  private Optional<String> impurity() {
    for (int i = 0; i < instructions.size(); i++) {
      if (instructions.get(i) instanceof Channel channel) {
        return Optional.of("instruction " + i + ", " + channel);
      }
    }
    if (start.isPresent() && preparation().isEmpty()) {
      return Optional.of("the start " + start.get());
    }
    if (!readoutErrors.isEmpty()) {
      return Optional.of("a readout error on wire " + readoutErrors.firstKey());
    }
    for (int o = 0; o < observables.size(); o++) {
      Observable observable = observables.get(o);
      if (!(observable instanceof Observable.PauliSum
          || observable instanceof Observable.Hermitian
          || observable instanceof Observable.Probabilities
          || observable instanceof Observable.Amplitudes)) {
        return Optional.of(
            "observable " + o + ", " + kind(observable) + " of wires " + observable.wires());
      }
    }
    return Optional.empty();
  }

  /** A builder that holds this circuit already, to extend. */
  public CircuitBuilder toBuilder() {
    CircuitBuilder builder = withoutInstructions();
    instructions.forEach(builder::append);
    builder.readoutErrors(readoutErrors);
    observables.forEach(builder::append);
    return builder;
  }

  /**
   * This circuit with other instructions: same inputs, start, readout errors and observables. A
   * noise model is such a map.
   *
   * <pre>{@code
   * Circuit noisy = circuit.map((builder, instruction) -> {
   *   builder.append(instruction);
   *   instruction.wires().forEach(w -> builder.depolarizing(Angle.constant(0.01), w));
   * });
   * }</pre>
   *
   * @param rewrite is called for each instruction in its order, and appends what is to stand in its
   *     place
   */
  public Circuit map(BiConsumer<CircuitBuilder, Instruction> rewrite) {
    CircuitBuilder builder = withoutInstructions();
    instructions.forEach(instruction -> rewrite.accept(builder, instruction));
    builder.readoutErrors(readoutErrors);
    observables.forEach(builder::append);
    return builder.build();
  }

  private CircuitBuilder withoutInstructions() {
    return new CircuitBuilder(wires, features, blocks, start);
  }

  /** What is read, in the order of the outputs. */
  public List<Observable> observables() {
    return observables;
  }

  /** How often each gate occurs, by {@link Operation#name()}, in alphabetical order. */
  public Map<String, Integer> gateCounts() {
    Map<String, Integer> counts = new TreeMap<>();
    operations.forEach(operation -> counts.merge(operation.name(), 1, Integer::sum));
    return counts;
  }

  /** Longest chain of gates that wait for each other's wires. */
  public int depth() {
    int[] busyUntil = new int[wires];
    int depth = 0;
    for (Operation operation : operations) {
      List<Integer> touched = operation.allWires();
      int layer = 1 + touched.stream().mapToInt(w -> busyUntil[w]).max().orElse(0);
      touched.forEach(w -> busyUntil[w] = layer);
      depth = Math.max(depth, layer);
    }
    return depth;
  }

  /**
   * SHA-256 of everything that the circuit is, in hexadecimal: equal circuits have equal
   * fingerprints in every JVM and release.
   */
  public String fingerprint() {
    String known = fingerprint;
    if (known.isEmpty()) {
      known = digest();
      fingerprint = known;
    }
    return known;
  }

  private String digest() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(canonical().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other == this || (other instanceof Circuit c && fingerprint().equals(c.fingerprint()));
  }

  @Override
  public int hashCode() {
    return fingerprint().hashCode();
  }

  @Override
  public String toString() {
    return "circuit of "
        + wires
        + " wires, "
        + operations.size()
        + " gates, depth "
        + depth()
        + ", "
        + features
        + " features, "
        + weights()
        + " weights, "
        + sampleAngles()
        + " per-sample angles, "
        + hermitianEntries
        + " Hermitian entries, "
        + outputs()
        + " outputs"
        + (instructions.size() == operations.size()
            ? ""
            : ", " + (instructions.size() - operations.size()) + " channels");
  }

  private int size(Angle.Source source) {
    return blocks.stream().filter(b -> b.source() == source).mapToInt(Angles::size).sum();
  }

  /** Doubles as hexadecimal: their decimal form differs between releases of Java. */
  private String canonical() {
    List<String> lines = new ArrayList<>();
    lines.add("wires " + wires + " features " + features + " hermitian " + hermitianEntries);
    blocks.forEach(b -> lines.add("block " + b.source() + b.first() + b.shape()));
    start.ifPresent(s -> lines.add("prepare " + canonical(s)));
    instructions.forEach(i -> lines.add(canonical(i)));
    readoutErrors.forEach(
        (wire, error) ->
            lines.add(
                "readout "
                    + wire
                    + Double.toHexString(error.oneForZero())
                    + Double.toHexString(error.zeroForOne())));
    observables.forEach(o -> lines.add("read " + canonical(o)));
    return String.join("\n", lines);
  }

  /** The line of an amplitude preparation is as it was before there were others. */
  private static String canonical(Preparation start) {
    if (start instanceof AmplitudePreparation p) {
      return p.wires()
          + ""
          + p.firstFeature()
          + " "
          + p.count()
          + p.complex()
          + Double.toHexString(p.padding());
    }
    if (start instanceof DensityPreparation p) {
      return "density" + p.wires() + p.firstFeature();
    }
    if (start instanceof HaarPreparation p) {
      return "haar" + p.wires() + p.seed();
    }
    return "mixed" + start.wires();
  }

  private static String canonical(Instruction instruction) {
    StringBuilder line = new StringBuilder();
    if (instruction instanceof Operation operation) {
      line.append(operation.gate().name()).append(operation.wires()).append(operation.controls());
    } else if (instruction instanceof Channel channel) {
      line.append("channel ").append(channel.kind()).append(channel.wires());
      line.append(channel.bounded() ? "bounded" : "");
    }
    for (Angle a : instruction.angles()) {
      line.append(a.source())
          .append(a.index())
          .append(Double.toHexString(a.scale()))
          .append(Double.toHexString(a.offset()));
      a.factor()
          .ifPresent(
              f ->
                  line.append("times")
                      .append(f.source())
                      .append(f.index())
                      .append(Double.toHexString(f.offset())));
    }
    if (instruction instanceof Operation operation) {
      operation.matrix().ifPresent(m -> line.append(canonical(m)));
    } else if (instruction instanceof Channel channel) {
      channel.kraus().ifPresent(k -> line.append(canonical(k)));
    }
    return line.toString();
  }

  private static String canonical(KrausSet kraus) {
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < kraus.count(); k++) {
      for (int i = 0; i < kraus.rows(); i++) {
        for (int j = 0; j < kraus.rows(); j++) {
          text.append(Double.toHexString(kraus.re(k, i, j)))
              .append(Double.toHexString(kraus.im(k, i, j)));
        }
      }
    }
    return text.toString();
  }

  private static String canonical(UnitaryMatrix matrix) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < matrix.size(); i++) {
      for (int j = 0; j < matrix.size(); j++) {
        text.append(Double.toHexString(matrix.re(i, j)))
            .append(Double.toHexString(matrix.im(i, j)));
      }
    }
    return text.toString();
  }

  private static String canonical(Observable observable) {
    if (observable instanceof Observable.PauliSum sum) {
      StringBuilder text = new StringBuilder("pauli");
      sum.terms()
          .forEach(
              t ->
                  text.append(Double.toHexString(t.coefficient()))
                      .append(t.paulis())
                      .append(t.wires()));
      return text.toString();
    }
    if (observable instanceof Observable.Hermitian hermitian) {
      return "hermitian" + hermitian.wires() + hermitian.firstEntry();
    }
    StringBuilder text = new StringBuilder(kind(observable)).append(observable.wires());
    if (observable instanceof Observable.Fidelity fidelity) {
      fidelity.state().forEach(a -> text.append(Double.toHexString(a)));
    }
    return text.toString();
  }

  private static String kind(Observable observable) {
    if (observable instanceof Observable.PauliSum) {
      return "pauli";
    }
    if (observable instanceof Observable.Hermitian) {
      return "hermitian";
    }
    if (observable instanceof Observable.Probabilities) {
      return "probabilities";
    }
    if (observable instanceof Observable.Amplitudes) {
      return "amplitudes";
    }
    if (observable instanceof Observable.DensityMatrix) {
      return "density matrix";
    }
    if (observable instanceof Observable.Purity) {
      return "purity";
    }
    return observable instanceof Observable.Fidelity ? "fidelity" : "success probability";
  }
}
