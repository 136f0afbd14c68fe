package org.ketloom.model.diffusion;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Uploads;
import org.ketloom.nn.Dense;
import org.ketloom.nn.Initializer;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.QuantumLayer;
import org.ketloom.nn.Variable;

/**
 * What stands at the lowest level of the U-Net: features of the whole picture, of the time and of
 * the class go through a core (a circuit, or dense layers), and what comes out is added to the
 * picture's channels.
 */
final class Bottleneck {
  /** Features lie in +-pi: a whole turn for the encodings that make angles of them. */
  private static final double FEATURE_RANGE = Math.PI;

  private static final int MAX_DEFAULT_FEATURES = 64;

  /** Makes a bottleneck when the U-Net knows its sizes. */
  interface Factory {
    Bottleneck create(ParameterStore store, int height, int width, int channels, int embedding);
  }

  /** What is added to the picture. */
  private interface Addition {
    /** The addition for a picture and a condition; a circuit is measured, or draws, as told. */
    Variable of(Variable h, Variable condition, Shots shots);
  }

  /** The core; a circuit is measured, or draws, as told. */
  private interface Core {
    Variable apply(Variable features, Shots shots);
  }

  /** None adds nothing. */
  private final Optional<Addition> addition;

  private final Optional<QuantumLayer> quantum;

  private Bottleneck(Optional<Addition> addition, Optional<QuantumLayer> quantum) {
    this.addition = addition;
    this.quantum = quantum;
  }

  /** The circuit, if there is one. */
  Optional<Circuit> circuit() {
    return quantum.map(layer -> layer.program().circuit());
  }

  /** What to watch while training, by name. */
  Map<String, Double> quantities() {
    Map<String, Double> quantities = new LinkedHashMap<>();
    quantum
        .flatMap(QuantumLayer::spectrum)
        .ifPresent(
            spectrum -> {
              quantities.put("eigenvalue.least", spectrum.least());
              quantities.put("eigenvalue.greatest", spectrum.greatest());
            });
    return quantities;
  }

  /** Cuts the spectrum of trainable observables, if there are any. */
  void clipSpectrum(double bound) {
    quantum.ifPresent(layer -> layer.clipSpectrum(bound));
  }

  /**
   * A factory for what the options ask for.
   *
   * @throws IllegalArgumentException if the parts don't fit together, or the engine can't run them
   */
  static Factory factory(HybridUNet options, ModelContext context) {
    if (options.bottleneck() == HybridUNet.Kind.NONE) {
      return (store, height, width, channels, embedding) ->
          new Bottleneck(Optional.empty(), Optional.empty());
    }
    Composed composed = compose(options, context);
    Circuit circuit = composed.circuit();
    Optional<Program> program =
        options.bottleneck() == HybridUNet.Kind.QUANTUM
            ? Optional.of(context.compile(circuit, options.precision()))
            : Optional.empty();
    return (store, height, width, channels, embedding) -> {
      int picture = height * width * channels;
      int features = circuit.features();
      Dense ofPicture = new Dense(store, "bottleneck.picture", picture, features);
      Dense ofCondition = new Dense(store, "bottleneck.condition", embedding, features);
      Optional<QuantumLayer> quantum =
          program.map(
              p ->
                  new QuantumLayer(
                      store,
                      "bottleneck.circuit",
                      p,
                      Initializer.normal(options.angleInit()),
                      composed.encodingWeights(),
                      Initializer.normal(options.angleInit()),
                      Initializer.normal(options.observableInit())));
      Core core =
          quantum
              .<Core>map(layer -> (x, shots) -> layer.with(shots).apply(x.tape(), x, null))
              .orElseGet(
                  () -> {
                    UnaryOperator<Variable> dense = dense(store, circuit);
                    return (x, shots) -> dense.apply(x);
                  });
      Dense toPicture = new Dense(store, "bottleneck.out", circuit.outputs(), picture);
      return new Bottleneck(
          Optional.of(
              (h, condition, shots) -> {
                long n = h.size(0);
                Variable read =
                    ofPicture
                        .apply(h.reshape(n, h.length() / n))
                        .add(ofCondition.apply(condition))
                        .tanh()
                        .mul(FEATURE_RANGE);
                return toPicture.apply(core.apply(read, shots)).reshape(h.shape());
              }),
          quantum);
    };
  }

  /** Two dense layers with about as many parameters as the circuit has. */
  private static UnaryOperator<Variable> dense(ParameterStore store, Circuit circuit) {
    int in = circuit.features();
    int out = circuit.outputs();
    int budget = circuit.weights() + circuit.hermitianEntries();
    int hidden = Math.max(1, Math.round((budget - out) / (float) (in + 1 + out)));
    Dense first = new Dense(store, "bottleneck.dense.1", in, hidden);
    Dense second = new Dense(store, "bottleneck.dense.2", hidden, out);
    return features -> second.apply(first.apply(features).tanh());
  }

  /**
   * What the parts make.
   *
   * @param encodingWeights number of the circuit's last weights, which are the encoding's
   */
  private record Composed(Circuit circuit, int encodingWeights) {}

  private static Composed compose(HybridUNet options, ModelContext context) {
    Encoding encoding = context.part(HybridUNet.ENCODING, Encoding.class);
    Ansatz ansatz = context.part(HybridUNet.ANSATZ, Ansatz.class);
    ObservableHead head = context.part(HybridUNet.OBSERVABLE, ObservableHead.class);
    CircuitBuilder circuit = Circuit.builder(options.wires());
    int features =
        options.features() == 0
            ? Math.min(encoding.capacity(options.wires()), MAX_DEFAULT_FEATURES)
            : options.features();
    encoding.requireFit("model.options.features", features, options.wires());
    int encodingWeights =
        Uploads.append(
            circuit,
            encoding,
            circuit.features(features),
            ansatz,
            options.layers(),
            circuit::weights);
    head.append(circuit);
    return new Composed(circuit.build(), encodingWeights);
  }

  /**
   * Refuses to measure what can't be measured.
   *
   * @throws IllegalArgumentException if there is no circuit, or its engine offers no measurements
   */
  void requireMeasurable() {
    QuantumLayer layer =
        quantum.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "shots needs a circuit; this run's bottleneck is a classical one, leave shots at"
                        + " 0"));
    try {
      layer.withShots(new Shots(1, 0));
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw new IllegalArgumentException("shots: " + e.getMessage(), e);
    }
  }

  /**
   * @param h {@code [batch, height, width, channels]}
   * @param condition {@code [batch, embedding]}
   * @param shots how a circuit is measured, with the seed also of what its engine draws
   * @return like h
   */
  Variable apply(Variable h, Variable condition, Shots shots) {
    return addition.map(a -> h.add(a.of(h, condition, shots))).orElse(h);
  }
}
