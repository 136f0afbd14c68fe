package org.ketloom.model.latentflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angles;
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
import org.ketloom.nn.Functions;
import org.ketloom.nn.Groups;
import org.ketloom.nn.Initializer;
import org.ketloom.nn.Parameter;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.QuantumLayer;
import org.ketloom.nn.Variable;

/**
 * The circuit, or several of its form side by side, as a vector field: affine maps of all inputs
 * are the features of the uploads, and what the heads read together is mapped to the latents.
 */
final class CircuitField implements VectorField {
  private static final int MAX_DEFAULT_FEATURES = 64;

  private final Parameter weight;
  private final Parameter bias;
  private final List<QuantumLayer> circuits;
  private final Dense output;

  /**
   * What the parts make.
   *
   * @param encodingWeights number of the circuit's last weights, which are the encoding's
   */
  record Composed(Circuit circuit, int encodingWeights) {

    /** Number of trainable values of the whole field. */
    int parameters(LatentFlow options, int classes) {
      int each =
          circuit.features() * (options.inputWidth(classes) + 1)
              + circuit.weights()
              + circuit.hermitianEntries()
              + circuit.outputs() * options.latent();
      return Math.addExact(Math.multiplyExact(options.circuits(), each), options.latent());
    }
  }

  CircuitField(
      ParameterStore store, LatentFlow options, int classes, Composed composed, Program program) {
    int features = options.circuits() * composed.circuit().features();
    weight =
        store.create(
            "inputs.weight",
            Groups.CIRCUIT,
            Initializer.normal(options.inputInit()),
            features,
            options.inputWidth(classes));
    bias =
        store.create(
            "inputs.bias", Groups.CIRCUIT, Initializer.normal(options.angleInit()), features);
    circuits =
        IntStream.rangeClosed(1, options.circuits())
            .mapToObj(
                number ->
                    new QuantumLayer(
                        store,
                        number == 1 ? "circuit" : "circuit." + number,
                        program,
                        Initializer.normal(options.angleInit()),
                        composed.encodingWeights(),
                        Initializer.normal(options.angleInit()),
                        Initializer.normal(options.observableInit())))
            .toList();
    output =
        new Dense(
            store, "output", options.circuits() * composed.circuit().outputs(), options.latent());
  }

  private CircuitField(CircuitField of, List<QuantumLayer> circuits) {
    weight = of.weight;
    bias = of.bias;
    output = of.output;
    this.circuits = circuits;
  }

  /**
   * The circuit that options and parts describe.
   *
   * @throws IllegalArgumentException if a part doesn't fit
   */
  static Composed compose(LatentFlow options, ModelContext context) {
    Encoding encoding = context.part(LatentFlow.ENCODING, Encoding.class);
    Ansatz ansatz = context.part(LatentFlow.ANSATZ, Ansatz.class);
    ObservableHead head = context.part(LatentFlow.OBSERVABLE, ObservableHead.class);
    int features =
        options.features() == 0
            ? Math.min(encoding.capacity(options.wires()), MAX_DEFAULT_FEATURES)
            : options.features();
    encoding.requireFit("model.options.features", features, options.wires());
    CircuitBuilder circuit = Circuit.builder(options.wires());
    int encodingWeights;
    if (options.inputs() == LatentFlow.Inputs.LAYERS) {
      List<Angles> uploads = new ArrayList<>();
      for (int upload = 0; upload < encoding.uploads(options.layers()); upload++) {
        uploads.add(circuit.features(features));
      }
      encodingWeights =
          Uploads.append(circuit, encoding, uploads, ansatz, options.layers(), circuit::weights);
    } else {
      encodingWeights =
          Uploads.append(
              circuit,
              encoding,
              circuit.features(features),
              ansatz,
              options.layers(),
              circuit::weights);
    }
    head.append(circuit);
    return new Composed(circuit.build(), encodingWeights);
  }

  @Override
  public VectorField with(Shots shots) {
    List<QuantumLayer> others = circuits.stream().map(c -> c.with(shots)).toList();
    return others.equals(circuits) ? this : new CircuitField(this, others);
  }

  @Override
  public Optional<Circuit> circuit() {
    return Optional.of(circuits.get(0).program().circuit());
  }

  @Override
  public Map<String, Double> quantities() {
    Map<String, Double> quantities = new LinkedHashMap<>();
    for (QuantumLayer circuit : circuits) {
      circuit
          .spectrum()
          .ifPresent(
              spectrum -> {
                quantities.merge("eigenvalue.least", spectrum.least(), Math::min);
                quantities.merge("eigenvalue.greatest", spectrum.greatest(), Math::max);
              });
    }
    return quantities;
  }

  @Override
  public void clipSpectrum(double bound) {
    circuits.forEach(circuit -> circuit.clipSpectrum(bound));
  }

  @Override
  public Variable apply(Variable inputs) {
    Variable features =
        Functions.dense(inputs, inputs.tape().parameter(weight), inputs.tape().parameter(bias));
    if (circuits.size() == 1) {
      return output.apply(circuits.get(0).apply(inputs.tape(), features, null));
    }
    long width = features.size(1) / circuits.size();
    List<Variable> read = new ArrayList<>();
    for (int i = 0; i < circuits.size(); i++) {
      Variable own = features.slice(1, i * width, (i + 1) * width);
      read.add(circuits.get(i).apply(inputs.tape(), own, null));
    }
    return output.apply(Variable.concat(1, read));
  }
}
