package org.ketloom.model.diffusion;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.Program;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Uploads;
import org.ketloom.nn.Embedding;
import org.ketloom.nn.Functions;
import org.ketloom.nn.GroupNorm;
import org.ketloom.nn.Groups;
import org.ketloom.nn.Initializer;
import org.ketloom.nn.Parameter;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.QuantumLayer;
import org.ketloom.nn.Spectrum;
import org.ketloom.nn.Tape;
import org.ketloom.nn.Variable;

/**
 * The layers of {@link Jo2026} (arXiv 2602.03405, section 4, and its released code):
 *
 * <ol>
 *   <li>Encoder: dense, ReLU, dense to as many numbers as the encoding takes, layer normalisation.
 *   <li>First circuit: the encoding, the ansatz; its final state is read.
 *   <li>Second circuit, a Hadamard test: that state, the ansatz under the control of an ancilla
 *       (the last wire) between two Hadamards; the ancilla's Z is read.
 *   <li>LeakyReLU on real and imaginary parts, and scaling to length 1, which {@link
 *       org.ketloom.api.circuit.AmplitudePreparation} does.
 *   <li>Third circuit: that vector, the ansatz, the observable head.
 *   <li>Decoder: the head's values, the ancilla's, and the network's input, the one skip
 *       connection; dense, ReLU, dense.
 * </ol>
 *
 * <p>The angles of the three ansätze are rows of tables, one for each step and class, which is the
 * only way in for both.
 */
final class Jo2026Network {

  /** A dense layer whose bias, too, begins uniform on +-1/sqrt(inputs), as the release's. */
  private record Linear(Parameter weight, Parameter bias) {
    static Linear of(ParameterStore store, String name, int in, int out) {
      double bound = 1 / Math.sqrt(in);
      Initializer first = Initializer.uniform(-bound, bound);
      return new Linear(
          store.create(name + ".weight", Groups.CLASSICAL, first, out, in),
          store.create(name + ".bias", Groups.CLASSICAL, first, out));
    }

    Variable apply(Variable x) {
      Tape tape = x.tape();
      return Functions.dense(x, tape.parameter(weight), tape.parameter(bias));
    }
  }

  private final int pixels;
  private final double slope;
  private final boolean addBranches;
  private final boolean redundant;
  private final int classes;
  private final Linear encoder1;
  private final Linear encoder2;
  private final GroupNorm norm;
  private final QuantumLayer first;
  private final QuantumLayer test;
  private final QuantumLayer last;
  private final Embedding firstAngles;
  private final Embedding testAngles;
  private final Embedding lastAngles;
  private final @Nullable Parameter observables;
  private final Linear decoder1;
  private final Linear decoder2;

  /**
   * @throws IllegalArgumentException if the parts don't fit together, or the engine can't run them
   */
  Jo2026Network(ParameterStore store, Jo2026 options, ModelContext context) {
    pixels = options.size() * options.size();
    slope = options.slope();
    addBranches = options.addsBranches();
    redundant = options.doublesObservables();
    classes = context.classes();
    Encoding encoding = context.part(Jo2026.ENCODING, Encoding.class);
    Ansatz ansatz = context.part(Jo2026.ANSATZ, Ansatz.class);
    ObservableHead head = context.part(Jo2026.OBSERVABLE, ObservableHead.class);
    int wires = options.wires();
    int latent = encoding.capacity(wires);
    Precision precision = options.precision();
    first =
        new QuantumLayer(
            "encode",
            context.compile(first(encoding, ansatz, wires, latent, options.reps()), precision));
    test =
        new QuantumLayer(
            "hadamard-test",
            context.compile(test(ansatz, wires, options.reps(), !addBranches), precision));
    last =
        new QuantumLayer(
            "measure", context.compile(last(ansatz, head, wires, options.reps()), precision));

    encoder1 = Linear.of(store, "encoder.1", 2 * pixels, options.hidden());
    encoder2 = Linear.of(store, "encoder.2", options.hidden(), latent);
    norm = new GroupNorm(store, "encoder.norm", 1, latent);
    int rows = options.timesteps() * classes;
    Initializer small = Initializer.normal(options.angleInit());
    firstAngles = table(store, "angles.1", rows, first.program(), small);
    testAngles = table(store, "angles.2", rows, test.program(), small);
    lastAngles = table(store, "angles.3", rows, last.program(), small);
    int entries = last.program().circuit().hermitianEntries();
    observables =
        entries == 0
            ? null
            : store.create(
                "observables",
                Groups.OBSERVABLE,
                Initializer.normal(options.observableInit()),
                redundant ? HermitianParts.numbers(last.program().circuit()) : entries);
    int values = last.program().circuit().outputs() + 1 + 2 * pixels;
    decoder1 = Linear.of(store, "decoder.1", values, options.hidden());
    decoder2 = Linear.of(store, "decoder.2", options.hidden(), 2 * pixels);
  }

  private static Embedding table(
      ParameterStore store, String name, int rows, Program program, Initializer initializer) {
    int angles = program.circuit().sampleAngles();
    return new Embedding(store, name, rows, angles, Groups.CIRCUIT, initializer);
  }

  private static Circuit first(Encoding encoding, Ansatz ansatz, int wires, int latent, int reps) {
    CircuitBuilder circuit = Circuit.builder(wires);
    Angles features = circuit.features(latent);
    Uploads.append(circuit, encoding, features, ansatz, reps, circuit::sampleAngles);
    return circuit.amplitudes().build();
  }

  private static Circuit test(Ansatz ansatz, int wires, int reps, boolean readState) {
    CircuitBuilder circuit = Circuit.builder(wires + 1);
    int[] data = new int[wires];
    for (int wire = 0; wire < wires; wire++) {
      data[wire] = wire;
    }
    circuit.on(data).prepareAmplitudes(circuit.features(2 << wires), true, 0);
    circuit.h(wires);
    append(ansatz, circuit, circuit.controlledBy(wires).on(data), reps);
    circuit.h(wires).expect(PauliTerm.of(Pauli.Z, wires));
    if (readState) {
      circuit.amplitudes();
    }
    return circuit.build();
  }

  private static Circuit last(Ansatz ansatz, ObservableHead head, int wires, int reps) {
    CircuitBuilder circuit = Circuit.builder(wires);
    circuit.prepareAmplitudes(circuit.features(2 << wires), true, 0);
    append(ansatz, circuit, circuit, reps);
    head.append(circuit);
    return circuit.build();
  }

  private static void append(Ansatz ansatz, CircuitBuilder circuit, CircuitBuilder to, int reps) {
    int[] shape =
        ansatz.angleShape(to.wires(), reps).stream().mapToInt(Integer::intValue).toArray();
    Angles angles = circuit.sampleAngles(shape);
    ansatz.append(to, reps, angles);
  }

  /** The three circuits, by name. */
  Map<String, Circuit> circuits() {
    Map<String, Circuit> circuits = new LinkedHashMap<>();
    circuits.put("encode", first.program().circuit());
    circuits.put("hadamard-test", test.program().circuit());
    circuits.put("measure", last.program().circuit());
    return circuits;
  }

  /**
   * @param x noisy images as rows, all real parts, then all imaginary parts
   * @param steps t of each, from 1
   * @param labels class of each
   * @param seed of what the circuits' engine draws
   * @return means of the posterior of the step before, of any length, in the same form
   */
  Variable apply(Variable x, int[] steps, int[] labels, long seed) {
    Tape tape = x.tape();
    int[] rows = new int[steps.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (steps[i] - 1) * classes + labels[i];
    }
    Variable latent = norm.apply(encoder2.apply(encoder1.apply(x).relu()));
    Variable state = first.withSeed(seed).run(latent, null, firstAngles.apply(tape, rows), null);
    Variable tested = test.withSeed(seed).run(state, null, testAngles.apply(tape, rows), null);
    Variable data = state;
    Variable ancilla = tested;
    if (!addBranches) {
      // The ancilla is the last bit of a basis index.
      ancilla = tested.slice(1, 0, 1);
      long all = tested.size(1) - 1;
      data =
          tested
              .slice(1, 1, all + 1)
              .reshape(rows.length, all / 2, 2)
              .slice(2, 0, 1)
              .reshape(rows.length, all / 2);
    }
    Variable values =
        last.withSeed(seed)
            .run(data.leakyRelu(slope), null, lastAngles.apply(tape, rows), hermitians(tape));
    Variable joined = Variable.concat(1, List.of(values, ancilla, x));
    return decoder2.apply(decoder1.apply(joined).relu());
  }

  /** What no eigenvalue of a trainable observable is above, in modulus; empty without any. */
  OptionalDouble eigenvalueBound(Tape tape) {
    Variable entries = hermitians(tape);
    return entries == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(Spectrum.bound(last.program().circuit(), entries.toDoubles()));
  }

  private @Nullable Variable hermitians(Tape tape) {
    if (observables == null) {
      return null;
    }
    Variable numbers = tape.parameter(observables);
    return redundant
        ? Functions.custom(new HermitianParts(last.program().circuit()), numbers)
        : numbers;
  }
}
