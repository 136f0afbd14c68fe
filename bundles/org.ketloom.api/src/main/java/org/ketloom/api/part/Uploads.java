package org.ketloom.api.part;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;

/**
 * An encoding and an ansatz in one circuit. Most encodings come once, before the ansatz; one that
 * re-uploads comes several times, each time before its share of the ansatz's layers (Pérez-Salinas
 * et al., Quantum 4, 226, 2020, arXiv 1907.02085).
 *
 * <pre>{@code
 * Angles features = circuit.features(count);
 * int last = Uploads.append(circuit, encoding, features, ansatz, layers, circuit::weights);
 * }</pre>
 */
public final class Uploads {
  private final Encoding encoding;
  private final Optional<Ansatz> ansatz;
  private final int layers;
  private final int uploads;

  private Uploads(Encoding encoding, Optional<Ansatz> ansatz, int layers) {
    this.encoding = encoding;
    this.ansatz = ansatz;
    this.layers = layers;
    this.uploads = encoding.uploads(layers);
    if (uploads < 1 || uploads > layers) {
      throw new IllegalArgumentException(
          "the encoding puts its features in "
              + uploads
              + (uploads == 1 ? " time" : " times")
              + " between "
              + layers
              + (layers == 1 ? " layer" : " layers")
              + " of the ansatz, expected 1"
              + (layers == 1 ? "" : " to " + layers)
              + "; ask for fewer uploads or more layers");
    }
  }

  /**
   * Appends encoding and ansatz, and declares their angles: first those of the ansatz, a block for
   * each share of its layers, then those of the encoding, if it has weights, as a block of shape
   * {@code [uploads, weightShape...]}.
   *
   * @param circuit the circuit, or a view of the wires to use
   * @param features block of shape [count]
   * @param layers of the ansatz, at least 1
   * @param declare the circuit's {@code weights} or {@code sampleAngles}
   * @return number of the encoding's angles: so many of those that were declared come last
   * @throws IllegalArgumentException if a part doesn't fit, or there are more uploads than layers
   */
  public static int append(
      CircuitBuilder circuit,
      Encoding encoding,
      Angles features,
      Ansatz ansatz,
      int layers,
      Function<int[], Angles> declare) {
    return new Uploads(encoding, Optional.of(ansatz), layers).append(circuit, features, declare);
  }

  /**
   * As {@link #append(CircuitBuilder, Encoding, Angles, Ansatz, int, Function)}, with features of
   * its own for each upload, as a network in front of the circuit gives them.
   *
   * @param features blocks of one shape [count], one for each upload
   * @throws IllegalArgumentException also if the blocks aren't as many as the encoding's uploads
   */
  public static int append(
      CircuitBuilder circuit,
      Encoding encoding,
      List<Angles> features,
      Ansatz ansatz,
      int layers,
      Function<int[], Angles> declare) {
    return new Uploads(encoding, Optional.of(ansatz), layers).append(circuit, features, declare);
  }

  /**
   * Appends the uploads alone, one after another, as {@link #append(CircuitBuilder, Encoding,
   * Angles, Ansatz, int, Function)} does with an ansatz between them.
   */
  public static int append(
      CircuitBuilder circuit,
      Encoding encoding,
      Angles features,
      int layers,
      Function<int[], Angles> declare) {
    return new Uploads(encoding, Optional.empty(), layers).append(circuit, features, declare);
  }

  private int append(CircuitBuilder circuit, Angles features, Function<int[], Angles> declare) {
    return append(circuit, Collections.nCopies(uploads, features), declare);
  }

  private int append(
      CircuitBuilder circuit, List<Angles> features, Function<int[], Angles> declare) {
    requireBlocks(features);
    Angles first = features.get(0);
    List<Angles> shares = new ArrayList<>();
    for (int upload = 0; upload < uploads && ansatz.isPresent(); upload++) {
      shares.add(declare.apply(ints(ansatz.get().angleShape(circuit.wires(), share(upload)))));
    }
    List<Integer> shape = encoding.weightShape(circuit.wires(), first.size());
    List<Integer> all = new ArrayList<>(List.of(uploads));
    all.addAll(shape);
    // Made by hand: a circuit whose encoding has no weights has no block for them.
    int each = new Angles(first.source(), 0, shape).size();
    Optional<Angles> weights = each == 0 ? Optional.empty() : Optional.of(declare.apply(ints(all)));
    for (int upload = 0; upload < uploads; upload++) {
      if (weights.isPresent()) {
        Angles block = weights.get();
        encoding.append(
            circuit,
            features.get(upload),
            new Angles(block.source(), block.first() + upload * each, shape));
      } else {
        encoding.append(circuit, features.get(upload));
      }
      if (ansatz.isPresent()) {
        ansatz.get().append(circuit, share(upload), shares.get(upload));
      }
    }
    return uploads * each;
  }

  private void requireBlocks(List<Angles> features) {
    if (features.size() != uploads) {
      throw new IllegalArgumentException(
          "the encoding puts its features in "
              + uploads
              + (uploads == 1 ? " time" : " times")
              + ", found "
              + features.size()
              + " blocks of features; give one for each");
    }
    if (features.stream().anyMatch(block -> !block.shape().equals(features.get(0).shape()))) {
      throw new IllegalArgumentException(
          "each upload needs as many features as the first, found blocks of "
              + features.stream().map(block -> String.valueOf(block.size())).toList());
    }
  }

  /** Layers of the ansatz that follow an upload. */
  private int share(int upload) {
    return (int) ((upload + 1L) * layers / uploads - (long) upload * layers / uploads);
  }

  private static int[] ints(List<Integer> shape) {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }
}
