package org.ketloom.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.Shots;

/**
 * A circuit between two tensors: the program's values for a batch, differentiable with respect to
 * all that the circuit reads. The circuit itself is computed in double precision, whatever the type
 * of the tape. Gradients can't be differentiated a second time (see {@link Functions#custom}).
 */
public final class QuantumLayer {
  private final String name;
  private final Program program;
  private final @Nullable Parameter weights;
  private final @Nullable Parameter encoding;
  private final @Nullable Parameter hermitianEntries;

  /** Evaluations whose gradients aren't asked for any more: their memory serves the next ones. */
  private final Queue<org.ketloom.api.engine.Evaluation> free = new ConcurrentLinkedQueue<>();

  /** Whether the engine's evaluations can be used again. */
  private volatile boolean repeats = true;

  /**
   * A layer with parameters of its own: {@code name.weights} in group {@link Groups#CIRCUIT} and
   * {@code name.hermitians} in group {@link Groups#OBSERVABLE}, as far as the circuit has any.
   *
   * @param weights first values of the circuit's weights
   * @param hermitianEntries first values of the entries of trainable Hermitians
   */
  public QuantumLayer(
      ParameterStore store,
      String name,
      Program program,
      Initializer weights,
      Initializer hermitianEntries) {
    this(store, name, program, weights, 0, weights, hermitianEntries);
  }

  /**
   * As {@link #QuantumLayer(ParameterStore, String, Program, Initializer, Initializer)}, with the
   * last weights, those of an encoding, as a parameter {@code name.encoding} of the same group: the
   * ansatz's weights keep their name and shape whatever the encoding has.
   *
   * @param weights first values of the other weights
   * @param encodingWeights number of the encoding's weights, which come last, as {@link
   *     org.ketloom.api.part.Uploads} declares them
   * @param encoding their first values
   */
  public QuantumLayer(
      ParameterStore store,
      String name,
      Program program,
      Initializer weights,
      int encodingWeights,
      Initializer encoding,
      Initializer hermitianEntries) {
    this.name = name;
    this.program = program;
    Circuit circuit = program.circuit();
    int others = circuit.weights() - encodingWeights;
    if (encodingWeights < 0 || others < 0) {
      throw new IllegalArgumentException(
          name
              + ": "
              + encodingWeights
              + " of the circuit's weights belong to its encoding, expected 0 to "
              + circuit.weights());
    }
    this.weights =
        others == 0 ? null : store.create(name + ".weights", Groups.CIRCUIT, weights, others);
    this.encoding =
        encodingWeights == 0
            ? null
            : store.create(name + ".encoding", Groups.CIRCUIT, encoding, encodingWeights);
    this.hermitianEntries =
        circuit.hermitianEntries() == 0
            ? null
            : store.create(
                name + ".hermitians",
                Groups.OBSERVABLE,
                hermitianEntries,
                circuit.hermitianEntries());
  }

  /**
   * A layer without parameters of its own, for {@link #run}.
   *
   * @param name what errors call it
   */
  public QuantumLayer(String name, Program program) {
    this(name, program, null, null, null);
  }

  private QuantumLayer(
      String name,
      Program program,
      @Nullable Parameter weights,
      @Nullable Parameter encoding,
      @Nullable Parameter hermitianEntries) {
    this.name = name;
    this.program = program;
    this.weights = weights;
    this.encoding = encoding;
    this.hermitianEntries = hermitianEntries;
  }

  /**
   * This layer, with the same parameters, as a quantum processor runs it.
   *
   * @throws IllegalArgumentException as {@link Program#withShots}
   */
  public QuantumLayer withShots(Shots shots) {
    return new QuantumLayer(name, program.withShots(shots), weights, encoding, hermitianEntries);
  }

  /**
   * This layer, with the same parameters, where the engine draws random numbers of a seed: for the
   * step of a training, or of drawing. Layers of other names draw other ones; on an engine that
   * draws nothing it is this layer.
   */
  public QuantumLayer withSeed(long seed) {
    Program seeded = program.withSeed(RandomStreams.of(seed, name).nextLong());
    return seeded == program
        ? this
        : new QuantumLayer(name, seeded, weights, encoding, hermitianEntries);
  }

  /**
   * This layer with random numbers of a seed: as {@link #withShots}, or as {@link #withSeed} if the
   * circuit isn't measured.
   *
   * @throws IllegalArgumentException as {@link Program#withShots}
   */
  public QuantumLayer with(Shots shots) {
    return shots.exact() ? withSeed(shots.seed()) : withShots(shots);
  }

  /** The program that it runs. */
  public Program program() {
    return program;
  }

  /** Range of the eigenvalues of the trainable Hermitians; empty if there are none. */
  public Optional<Spectrum> spectrum() {
    return Optional.ofNullable(hermitianEntries)
        .map(p -> Spectrum.of(program.circuit(), Kernels.doubles(p.value())));
  }

  /**
   * Sets eigenvalues of the trainable Hermitians that are larger than a bound to it, in the
   * parameters: to be called after an optimizer's step. Their expectation values then stay within
   * the bound, and observables can't run away however high their learning rate.
   *
   * @param bound largest modulus of an eigenvalue, positive
   */
  public void clipSpectrum(double bound) {
    if (!(bound > 0)) {
      throw new IllegalArgumentException(
          name + ": a spectrum is clipped at a positive bound, found " + bound);
    }
    if (hermitianEntries != null) {
      double[] entries = Kernels.doubles(hermitianEntries.value());
      if (Spectrum.clip(program.circuit(), entries, bound)) {
        Kernels.write(hermitianEntries.value(), entries);
      }
    }
  }

  /**
   * Runs the circuit.
   *
   * @param tape the tape of the inputs
   * @param features {@code [batch, features]}; null if the circuit reads none
   * @param sampleAngles {@code [batch, per-sample angles]}; null if the circuit reads none
   * @return {@code [batch, outputs]}
   * @throws IllegalArgumentException naming the input whose shape is not the circuit's, or as
   *     {@link Program#evaluate} does
   */
  public Variable apply(Tape tape, @Nullable Variable features, @Nullable Variable sampleAngles) {
    return run(
        features,
        weights(tape),
        sampleAngles,
        hermitianEntries == null ? null : tape.parameter(hermitianEntries));
  }

  private @Nullable Variable weights(Tape tape) {
    if (weights == null || encoding == null) {
      Parameter all = weights == null ? encoding : weights;
      return all == null ? null : tape.parameter(all);
    }
    return Variable.concat(0, List.of(tape.parameter(weights), tape.parameter(encoding)));
  }

  /**
   * Runs the circuit on variables; null for what it doesn't read.
   *
   * @param features {@code [batch, features]}
   * @param weights {@code [weights]}
   * @param sampleAngles {@code [batch, per-sample angles]}
   * @param hermitianEntries {@code [entries]}
   * @return {@code [batch, outputs]}
   * @throws IllegalArgumentException naming the input whose shape is not the circuit's, or as
   *     {@link Program#evaluate} does
   */
  public Variable run(
      @Nullable Variable features,
      @Nullable Variable weights,
      @Nullable Variable sampleAngles,
      @Nullable Variable hermitianEntries) {
    Circuit circuit = program.circuit();
    Variable batched = features != null ? features : sampleAngles;
    if (batched == null) {
      throw new IllegalArgumentException(
          name + ": features or per-sample angles are expected, they tell the size of the batch");
    }
    int batch = Math.toIntExact(batched.size(0));
    @Nullable Variable[] all = {features, weights, sampleAngles, hermitianEntries};
    check("features", features, circuit.features(), batch, true);
    check("weights", weights, circuit.weights(), batch, false);
    check("per-sample angles", sampleAngles, circuit.sampleAngles(), batch, true);
    check("Hermitian entries", hermitianEntries, circuit.hermitianEntries(), batch, false);
    List<Integer> given = new ArrayList<>();
    for (int i = 0; i < all.length; i++) {
      if (all[i] != null) {
        given.add(i);
      }
    }
    return Functions.custom(
        new Run(batch, given), given.stream().map(i -> all[i]).toArray(Variable[]::new));
  }

  private void check(
      String what, @Nullable Variable found, int count, int batch, boolean perSample) {
    if (found == null) {
      if (count > 0) {
        throw new IllegalArgumentException(
            name + ": the circuit reads " + count + " " + what + ", none are given");
      }
    } else if (perSample) {
      Shapes.require(name, what, found.shape, batch, count);
    } else {
      Shapes.require(name, what, found.shape, count);
    }
  }

  private org.ketloom.api.engine.Evaluation evaluate(Inputs inputs) {
    org.ketloom.api.engine.Evaluation known = free.poll();
    if (known != null) {
      try {
        known.update(inputs);
        return known;
      } catch (UnsupportedOperationException e) {
        repeats = false;
      }
    }
    return program.evaluate(inputs);
  }

  /** One run as an operation, whose inputs are those of the four kinds that are given. */
  private final class Run implements CustomOperation {
    private final int batch;
    private final List<Integer> given;

    Run(int batch, List<Integer> given) {
      this.batch = batch;
      this.given = given;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public long[] shape(long[]... inputs) {
      return new long[] {batch, program.circuit().outputs()};
    }

    @Override
    public Evaluation evaluate(double[][] inputs, boolean differentiated) {
      double[][] all = byKind(inputs);
      Inputs read = new Inputs(batch, all[0], all[1], all[2], all[3]);
      return differentiated
          ? new Differentiable(QuantumLayer.this.evaluate(read))
          : new Values(program.values(read));
    }

    private double[][] byKind(double[][] arrays) {
      double[][] all = new double[4][0];
      for (int i = 0; i < arrays.length; i++) {
        all[given.get(i)] = arrays[i];
      }
      return all;
    }

    private final class Differentiable implements Evaluation {
      private final org.ketloom.api.engine.Evaluation evaluation;
      private boolean swept;

      Differentiable(org.ketloom.api.engine.Evaluation evaluation) {
        this.evaluation = evaluation;
      }

      @Override
      public double[] output() {
        return evaluation.outputs();
      }

      @Override
      public void vectorJacobianProduct(double[] g, double[][] into) {
        double[][] all = byKind(into);
        swept = false;
        evaluation.vjp(g, new Gradients(all[0], all[1], all[2], all[3]));
        swept = true;
      }

      @Override
      public void close() {
        // Before its sweep it may hold as much as a quarter of the heap.
        if (repeats && swept) {
          free.offer(evaluation);
        }
      }
    }
  }

  private record Values(double[] output) implements CustomOperation.Evaluation {
    @Override
    public void vectorJacobianProduct(double[] g, double[][] into) {
      throw new IllegalStateException("these values were evaluated without gradients");
    }
  }
}
