package org.ketloom.model.latentflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * The circuit as a vector field: affine maps of all inputs are the features of its uploads, and
 * what the head reads is mapped to the latents.
 */
final class CircuitField implements VectorField {
  private static final int MAX_DEFAULT_FEATURES = 64;

  private final Parameter weight;
  private final Parameter bias;
  private final QuantumLayer circuit;
  private final Dense output;

  /**
   * What the parts make.
   *
   * @param encodingWeights number of the circuit's last weights, which are the encoding's
   */
  record Composed(Circuit circuit, int encodingWeights) {

    /** Number of trainable values of the whole field. */
    int parameters(LatentFlow options, int classes) {
      return circuit.features() * (options.inputWidth(classes) + 1)
          + circuit.weights()
          + circuit.hermitianEntries()
          + (circuit.outputs() + 1) * options.latent();
    }
  }

  CircuitField(
      ParameterStore store, LatentFlow options, int classes, Composed composed, Program program) {
    int features = composed.circuit().features();
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
    circuit =
        new QuantumLayer(
            store,
            "circuit",
            program,
            Initializer.normal(options.angleInit()),
            composed.encodingWeights(),
            Initializer.normal(options.angleInit()),
            Initializer.normal(options.observableInit()));
    output = new Dense(store, "output", composed.circuit().outputs(), options.latent());
  }

  private CircuitField(CircuitField of, QuantumLayer circuit) {
    weight = of.weight;
    bias = of.bias;
    output = of.output;
    this.circuit = circuit;
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
    QuantumLayer other = circuit.with(shots);
    return other == circuit ? this : new CircuitField(this, other);
  }

  @Override
  public Optional<Circuit> circuit() {
    return Optional.of(circuit.program().circuit());
  }

  @Override
  public Map<String, Double> quantities() {
    Map<String, Double> quantities = new LinkedHashMap<>();
    circuit
        .spectrum()
        .ifPresent(
            spectrum -> {
              quantities.put("eigenvalue.least", spectrum.least());
              quantities.put("eigenvalue.greatest", spectrum.greatest());
            });
    return quantities;
  }

  @Override
  public void clipSpectrum(double bound) {
    circuit.clipSpectrum(bound);
  }

  @Override
  public Variable apply(Variable inputs) {
    Variable features =
        Functions.dense(inputs, inputs.tape().parameter(weight), inputs.tape().parameter(bias));
    return output.apply(circuit.apply(inputs.tape(), features, null));
  }
}
