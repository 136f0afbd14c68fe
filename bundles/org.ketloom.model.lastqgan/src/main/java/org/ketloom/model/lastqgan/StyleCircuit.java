package org.ketloom.model.lastqgan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.nn.BatchNorm;
import org.ketloom.nn.Functions;
import org.ketloom.nn.Groups;
import org.ketloom.nn.Initializer;
import org.ketloom.nn.Parameter;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.QuantumLayer;
import org.ketloom.nn.Variable;

/**
 * The quantum generator: every angle of every layer of the ansatz is an affine function of the
 * noise, and what the head reads are the latents.
 */
final class StyleCircuit implements Generator {
  private final LastQgan options;
  private final QuantumLayer circuit;
  private final Parameter weight;
  private final Parameter bias;
  private final int angles;

  StyleCircuit(ParameterStore store, LastQgan options, Program program) {
    this.options = options;
    angles = program.circuit().sampleAngles();
    double width = options.firstAngles();
    Initializer first = width == 0 ? Initializer.zeros() : Initializer.uniform(-width, width);
    weight =
        options.style() == LastQgan.Style.DENSE
            ? store.create("angles.weight", Groups.CIRCUIT, first, angles, options.noise())
            : store.create("angles.weight", Groups.CIRCUIT, first, angles);
    bias = store.create("angles.bias", Groups.CIRCUIT, first, angles);
    this.circuit =
        new QuantumLayer(store, "circuit", program, Initializer.zeros(), Initializer.normal(0.3));
  }

  private StyleCircuit(StyleCircuit of, QuantumLayer circuit) {
    this.circuit = circuit;
    options = of.options;
    weight = of.weight;
    bias = of.bias;
    angles = of.angles;
  }

  /**
   * The circuit that options and parts describe.
   *
   * @throws IllegalArgumentException if the head doesn't give the latents, or a part doesn't fit
   */
  static Circuit circuit(LastQgan options, ModelContext context) {
    Ansatz ansatz = context.part(LastQgan.ANSATZ, Ansatz.class);
    ObservableHead head = context.part(LastQgan.OBSERVABLE, ObservableHead.class);
    int outputs = head.outputs(options.wires());
    if (outputs != options.latent()) {
      throw new IllegalArgumentException(
          "model.options.latent is "
              + options.latent()
              + ", but "
              + head.getClass().getSimpleName()
              + " gives "
              + outputs
              + " values on "
              + options.wires()
              + " wires (qubits); set latent to "
              + outputs
              + ", or change model.options.wires or the options of parts.observable");
    }
    CircuitBuilder circuit = Circuit.builder(options.wires());
    List<Integer> shape = ansatz.angleShape(options.wires(), options.layers());
    ansatz.append(
        circuit,
        options.layers(),
        circuit.sampleAngles(shape.stream().mapToInt(Integer::intValue).toArray()));
    head.append(circuit);
    return circuit.build();
  }

  /** Number of trainable values of the generator that a circuit gives. */
  static int parameters(LastQgan options, Circuit circuit) {
    int each = options.style() == LastQgan.Style.DENSE ? options.noise() + 1 : 2;
    return circuit.sampleAngles() * each + circuit.hermitianEntries();
  }

  @Override
  public Variable apply(Variable noise, BatchNorm.Mode mode) {
    return outputs(angles(noise));
  }

  @Override
  public Generator withShots(Shots shots) {
    return new StyleCircuit(this, circuit.withShots(shots));
  }

  @Override
  public Generator withSeed(long seed) {
    return new StyleCircuit(this, circuit.withSeed(seed));
  }

  @Override
  public int layers() {
    return options.layers();
  }

  @Override
  public Variable mix(Variable early, Variable late, int layer) {
    // Ansätze number their angles layer by layer.
    long cut = Math.round((double) angles * layer / options.layers());
    if (cut == 0) {
      return apply(late, BatchNorm.Mode.INFER);
    }
    if (cut >= angles) {
      return apply(early, BatchNorm.Mode.INFER);
    }
    return outputs(
        Variable.concat(
            1, List.of(angles(early).slice(1, 0, cut), angles(late).slice(1, cut, angles))));
  }

  /** {@code [batch, angles]}. */
  private Variable angles(Variable noise) {
    Variable w = noise.tape().parameter(weight);
    Variable b = noise.tape().parameter(bias);
    if (options.style() == LastQgan.Style.DENSE) {
      return Functions.dense(noise, w, b);
    }
    int components = options.noise();
    double[] chosen = new double[components * angles];
    for (int k = 0; k < angles; k++) {
      chosen[k % components * angles + k] = 1;
    }
    return noise.matmul(noise.tape().constant(chosen, components, angles)).mul(w).add(b);
  }

  private Variable outputs(Variable sampleAngles) {
    Variable y = circuit.apply(sampleAngles.tape(), null, sampleAngles);
    return options.outputRange() == 1 ? y : y.mul(options.outputRange());
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
}
