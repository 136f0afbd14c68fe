package org.ketloom.model.diffusion;

import java.util.Map;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.nn.Dense;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.Variable;

/**
 * What stands at the lowest level of the U-Net: features of the whole picture, of the time and of
 * the class go through a core (a circuit, or dense layers), and what comes out is added to the
 * picture's channels.
 */
final class Bottleneck {
  /** Features lie in +-pi: a whole turn for the encodings that make angles of them. */
  private static final double FEATURE_RANGE = Math.PI;

  private static final int MOST_DEFAULT_FEATURES = 64;

  /** Makes a bottleneck when the U-Net knows its sizes. */
  interface Factory {
    Bottleneck create(ParameterStore store, int height, int width, int channels, int embedding);
  }

  /** From features {@code [batch, F]} to outputs {@code [batch, K]}. */
  private interface Core {
    Variable apply(Variable features);
  }

  private final Dense ofPicture;
  private final Dense ofCondition;
  private final Core core;
  private final Dense toPicture;

  private Bottleneck(Dense ofPicture, Dense ofCondition, Core core, Dense toPicture) {
    this.ofPicture = ofPicture;
    this.ofCondition = ofCondition;
    this.core = core;
    this.toPicture = toPicture;
  }

  Optional<Circuit> circuit() {
    return Optional.empty();
  }

  Map<String, Double> quantities() {
    return Map.of();
  }

  /** A factory for what the options ask for. */
  static Factory factory(HybridUNet options, ModelContext context) {
    return switch (options.bottleneck()) {
      case NONE ->
          (store, height, width, channels, embedding) -> new Bottleneck(null, null, null, null);
      case QUANTUM, DENSE -> {
        Circuit circuit = circuit(options, context);
        yield (store, height, width, channels, embedding) -> {
          int picture = height * width * channels;
          Dense ofPicture = new Dense(store, "bottleneck.picture", picture, circuit.features());
          Dense ofCondition =
              new Dense(store, "bottleneck.condition", embedding, circuit.features());
          Core core = dense(store, circuit);
          Dense toPicture = new Dense(store, "bottleneck.out", circuit.outputs(), picture);
          return new Bottleneck(ofPicture, ofCondition, core, toPicture);
        };
      }
    };
  }

  /** Two dense layers with about as many parameters as the circuit has. */
  private static Core dense(ParameterStore store, Circuit circuit) {
    int in = circuit.features();
    int out = circuit.outputs();
    int budget = circuit.weights() + circuit.hermitianEntries();
    int hidden = Math.max(1, Math.round((budget - out) / (float) (in + 1 + out)));
    Dense first = new Dense(store, "bottleneck.dense.1", in, hidden);
    Dense second = new Dense(store, "bottleneck.dense.2", hidden, out);
    return features -> second.apply(first.apply(features).tanh());
  }

  private static Circuit circuit(HybridUNet options, ModelContext context) {
    Encoding encoding = context.part(HybridUNet.ENCODING, Encoding.class);
    Ansatz ansatz = context.part(HybridUNet.ANSATZ, Ansatz.class);
    ObservableHead head = context.part(HybridUNet.OBSERVABLE, ObservableHead.class);
    CircuitBuilder circuit = Circuit.builder(options.wires());
    int capacity = encoding.capacity(options.wires());
    int features =
        options.features() == 0 ? Math.min(capacity, MOST_DEFAULT_FEATURES) : options.features();
    if (features > capacity) {
      throw new IllegalArgumentException(
          "the encoding takes at most "
              + capacity
              + " features on "
              + options.wires()
              + " wires (qubits), found "
              + features
              + "; give fewer features or more wires");
    }
    encoding.append(circuit, circuit.features(features));
    int[] shape =
        ansatz.angleShape(options.wires(), options.layers()).stream()
            .mapToInt(Integer::intValue)
            .toArray();
    ansatz.append(circuit, options.layers(), circuit.weights(shape));
    head.append(circuit);
    return circuit.build();
  }

  /**
   * @param h {@code [batch, height, width, channels]}
   * @param condition {@code [batch, embedding]}
   * @return like h
   */
  Variable apply(Variable h, Variable condition) {
    if (core == null) {
      return h;
    }
    long n = h.size(0);
    Variable features =
        ofPicture
            .apply(h.reshape(n, h.length() / n))
            .add(ofCondition.apply(condition))
            .tanh()
            .mul(FEATURE_RANGE);
    return h.add(toPicture.apply(core.apply(features)).reshape(h.shape()));
  }
}
