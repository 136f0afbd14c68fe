package org.ketloom.api.circuit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * An immutable quantum circuit: plain data, made by a {@link CircuitBuilder} and run by a {@link
 * org.ketloom.api.engine.QuantumEngine}. It was checked when it was built, so that an engine may
 * assume that wires, angles and matrices fit.
 */
public final class Circuit {
  private final int wires;
  private final int features;
  private final int hermitianEntries;
  private final List<Angles> blocks;
  private final Optional<AmplitudePreparation> preparation;
  private final List<Operation> operations;
  private final List<Observable> observables;

  /** Empty until it is asked for; threads that compute it at the same time get the same. */
  private volatile String fingerprint = "";

  Circuit(
      int wires,
      int features,
      int hermitianEntries,
      List<Angles> blocks,
      Optional<AmplitudePreparation> preparation,
      List<Operation> operations,
      List<Observable> observables) {
    this.wires = wires;
    this.features = features;
    this.hermitianEntries = hermitianEntries;
    this.blocks = List.copyOf(blocks);
    this.preparation = preparation;
    this.operations = List.copyOf(operations);
    this.observables = List.copyOf(observables);
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
    return size(Angle.Source.WEIGHT);
  }

  /** Number of angles that are given per sample. */
  public int sampleAngles() {
    return size(Angle.Source.SAMPLE);
  }

  /** Number of real entries of all trainable Hermitians. */
  public int hermitianEntries() {
    return hermitianEntries;
  }

  /** Number of values read per sample: the observables' outputs one after another. */
  public int outputs() {
    return observables.stream().mapToInt(Observable::outputs).sum();
  }

  /** The blocks of features, weights and per-sample angles in the order of their declaration. */
  public List<Angles> blocks() {
    return blocks;
  }

  /** How the initial state is prepared; empty for |0...0>. */
  public Optional<AmplitudePreparation> preparation() {
    return preparation;
  }

  /** The gates in the order in which they act. */
  public List<Operation> operations() {
    return operations;
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
      List<Integer> touched =
          Stream.concat(operation.wires().stream(), operation.controls().stream()).toList();
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
        + " outputs";
  }

  private int size(Angle.Source source) {
    return blocks.stream().filter(b -> b.source() == source).mapToInt(Angles::size).sum();
  }

  /** Doubles as hexadecimal: their decimal form differs between releases of Java. */
  private String canonical() {
    List<String> lines = new ArrayList<>();
    lines.add("wires " + wires + " features " + features + " hermitian " + hermitianEntries);
    blocks.forEach(b -> lines.add("block " + b.source() + b.first() + b.shape()));
    preparation.ifPresent(
        p ->
            lines.add(
                "prepare "
                    + p.wires()
                    + p.firstFeature()
                    + " "
                    + p.count()
                    + p.complex()
                    + Double.toHexString(p.padding())));
    for (Operation operation : operations) {
      StringBuilder line = new StringBuilder(operation.gate().name());
      line.append(operation.wires()).append(operation.controls());
      operation
          .angles()
          .forEach(
              a ->
                  line.append(a.source())
                      .append(a.index())
                      .append(Double.toHexString(a.scale()))
                      .append(Double.toHexString(a.offset())));
      operation.matrix().ifPresent(m -> line.append(canonical(m)));
      lines.add(line.toString());
    }
    observables.forEach(o -> lines.add("read " + canonical(o)));
    return String.join("\n", lines);
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
    String kind = observable instanceof Observable.Amplitudes ? "amplitudes" : "probabilities";
    return kind + observable.wires();
  }
}
