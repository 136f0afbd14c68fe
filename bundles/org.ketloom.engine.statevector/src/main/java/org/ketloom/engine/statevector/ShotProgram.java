package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.engine.Shots;

/**
 * A circuit whose values are estimated from measurements, with gradients from measurements of
 * shifted circuits; {@code SHOTS.md} beside this file derives them.
 */
final class ShotProgram implements Program {
  /** Shifted samples that are run together. */
  private static final int MAX_TOGETHER = 512;

  // What a stream of outcomes is for.
  private static final int VALUES = 0;
  private static final int SHIFTS = 1;
  private static final int AMPLITUDES = 2;
  private static final int TOMOGRAPHY = 3;

  /**
   * What is compiled once for all numbers of shots.
   *
   * @param exact the program that is estimated
   * @param tomographies made when a gradient first needs them, by wires
   */
  record Compiled(
      StateVectorProgram exact,
      QuantumEngine engine,
      Unrolled unrolled,
      Measurements measurements,
      Map<List<Integer>, Tomography> tomographies) {

    static Compiled of(StateVectorProgram exact, QuantumEngine engine, WorkerPool workerPool) {
      Unrolled unrolled = new Unrolled(exact.circuit());
      return new Compiled(
          exact,
          engine,
          unrolled,
          new Measurements(exact.circuit(), unrolled, engine, workerPool),
          new ConcurrentHashMap<>());
    }

    Tomography tomography(List<Integer> wires) {
      return tomographies.computeIfAbsent(wires, w -> new Tomography(w, unrolled, engine));
    }
  }

  private final Compiled compiled;
  private final Shots shots;

  ShotProgram(Compiled compiled, Shots shots) {
    this.compiled = compiled;
    this.shots = shots;
  }

  @Override
  public Circuit circuit() {
    return compiled.exact().circuit();
  }

  @Override
  public Program withShots(Shots others) {
    return new ShotProgram(compiled, others);
  }

  @Override
  public Program withSeed(long seed) {
    return new ShotProgram(compiled, shots.at(seed));
  }

  @Override
  public double[] values(Inputs inputs) {
    compiled.exact().check(inputs);
    return new Call(inputs).values();
  }

  @Override
  public Evaluation evaluate(Inputs inputs) {
    compiled.exact().check(inputs);
    return new ShotEvaluation(inputs);
  }

  private final class ShotEvaluation implements Evaluation {
    private final AtomicBoolean busy = new AtomicBoolean();
    private Call call;
    private double[] outputs;

    ShotEvaluation(Inputs inputs) {
      run(inputs);
    }

    private void run(Inputs inputs) {
      call = new Call(inputs);
      outputs = call.values();
    }

    @Override
    public double[] outputs() {
      return outputs;
    }

    @Override
    public void update(Inputs inputs) {
      compiled.exact().check(inputs);
      enter();
      try {
        run(inputs);
      } finally {
        busy.set(false);
      }
    }

    @Override
    public Gradients vjp(double[] cotangents) {
      int batch = call.inputs.batch();
      Inputs.requireLength("cotangents", cotangents, batch, circuit().outputs());
      Inputs.requireFiniteRows("cotangent", cotangents, circuit().outputs());
      enter();
      try {
        Gradients gradients = Gradients.zeros(circuit(), batch);
        call.shifts(cotangents, gradients);
        call.amplitudes(cotangents, outputs, gradients);
        call.hermitians(cotangents, gradients);
        return gradients;
      } finally {
        busy.set(false);
      }
    }

    private void enter() {
      if (!busy.compareAndSet(false, true)) {
        throw new IllegalStateException(
            "two threads use the same evaluation at once; let each evaluate the program itself");
      }
    }
  }

  /** The estimates of one call's inputs. */
  private final class Call {
    private final Inputs inputs;
    private final double[] angles;
    private final List<Eigenbasis> bases;

    Call(Inputs inputs) {
      this.inputs = inputs;
      this.angles = compiled.unrolled().angles(inputs);
      this.bases = compiled.measurements().bases(inputs.hermitianEntries());
    }

    private Shots[] streams(int purpose) {
      Shots[] streams = new Shots[inputs.batch()];
      Arrays.setAll(streams, b -> shots.at(purpose, b));
      return streams;
    }

    double[] values() {
      return compiled.measurements().values(inputs.features(), angles, bases, streams(VALUES));
    }

    /** A change of all samples' inputs, and what its outputs count in a gradient. */
    private interface Probe {
      /** Changes a sample's rows; its factor. */
      double apply(double[] features, int feature, double[] angles, int angle, int sample);

      /** Takes the sum over outputs of cotangents times outputs, times the factor. */
      void take(int sample, double value);

      /** The stream of outcomes. */
      Shots stream(int sample);
    }

    void shifts(double[] cotangents, Gradients into) {
      List<Unrolled.Place> places = compiled.unrolled().places();
      List<Probe> probes = new ArrayList<>();
      for (int p = 0; p < places.size(); p++) {
        List<ShiftRule.Term> terms = places.get(p).rule().terms();
        for (int t = 0; t < terms.size(); t++) {
          probes.add(shift(p, t, terms.get(t), into));
        }
      }
      run(probes, cotangents);
    }

    private Probe shift(int place, int number, ShiftRule.Term term, Gradients into) {
      return new Probe() {
        @Override
        public double apply(double[] features, int feature, double[] own, int angle, int sample) {
          own[angle + place] += term.shift();
          return term.factor();
        }

        @Override
        public void take(int sample, double value) {
          compiled.unrolled().add(place, sample, value, into);
        }

        @Override
        public Shots stream(int sample) {
          return shots.at(SHIFTS, place, number, sample);
        }
      };
    }

    /** The prepared amplitudes' gradients; the values' part of them comes from the outputs. */
    void amplitudes(double[] cotangents, double[] outputs, Gradients into) {
      AmplitudePreparation given = circuit().preparation().orElse(null);
      if (given == null) {
        return;
      }
      int count = given.complex() ? 2 * given.count() : given.count();
      int width = circuit().features();
      double rest = given.padding() * given.padding();
      rest *= (1 << given.wires().size()) - given.count();
      double[] squares = new double[inputs.batch()];
      for (int b = 0; b < inputs.batch(); b++) {
        int first = b * width + given.firstFeature();
        double square = rest;
        for (int i = 0; i < count; i++) {
          square += inputs.features()[first + i] * inputs.features()[first + i];
        }
        squares[b] = square;
        double value = dot(cotangents, outputs, b, b);
        for (int i = 0; i < count; i++) {
          into.features()[first + i] -= 2 * inputs.features()[first + i] / square * value;
        }
      }
      List<Probe> probes = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        for (int sign = 1; sign >= -1; sign -= 2) {
          probes.add(amplitude(given.firstFeature() + i, sign, squares, into));
        }
      }
      run(probes, cotangents);
    }

    private Probe amplitude(int index, int sign, double[] squares, Gradients into) {
      return new Probe() {
        @Override
        public double apply(double[] own, int feature, double[] unused, int angle, int sample) {
          double step = sign * Math.sqrt(squares[sample]);
          double x = own[feature + index];
          double square = 2 * squares[sample] + 2 * step * x;
          // A vector that is taken to zero has no state, and no part in the sum.
          if (square <= 1e-14 * squares[sample]) {
            return 0;
          }
          own[feature + index] = x + step;
          return square / (2 * step * squares[sample]);
        }

        @Override
        public void take(int sample, double value) {
          into.features()[sample * circuit().features() + index] += value;
        }

        @Override
        public Shots stream(int sample) {
          return shots.at(AMPLITUDES, index, sign, sample);
        }
      };
    }

    /** Runs changed inputs, many of them together. */
    private void run(List<Probe> probes, double[] cotangents) {
      int batch = inputs.batch();
      int width = circuit().features();
      int places = compiled.unrolled().places().size();
      int together = Math.max(1, MAX_TOGETHER / batch);
      for (int first = 0; first < probes.size(); first += together) {
        List<Probe> some = probes.subList(first, Math.min(first + together, probes.size()));
        int rows = some.size() * batch;
        double[] features = repeated(inputs.features(), some.size());
        double[] shifted = repeated(angles, some.size());
        double[] factors = new double[rows];
        Shots[] streams = new Shots[rows];
        for (int row = 0; row < rows; row++) {
          Probe probe = some.get(row / batch);
          factors[row] = probe.apply(features, row * width, shifted, row * places, row % batch);
          streams[row] = probe.stream(row % batch);
        }
        double[] found = compiled.measurements().values(features, shifted, bases, streams);
        for (int row = 0; row < rows; row++) {
          double value = factors[row] * dot(cotangents, found, row % batch, row);
          some.get(row / batch).take(row % batch, value);
        }
      }
    }

    private double dot(double[] cotangents, double[] outputs, int sample, int row) {
      int width = circuit().outputs();
      double sum = 0;
      for (int k = 0; k < width; k++) {
        sum += cotangents[sample * width + k] * outputs[row * width + k];
      }
      return sum;
    }

    /** The Hermitian entries' gradients: Hermitians on the same wires share their measurements. */
    void hermitians(double[] cotangents, Gradients into) {
      Map<List<Integer>, List<Observable.Hermitian>> byWires = new LinkedHashMap<>();
      Map<Observable.Hermitian, double[]> weights = new LinkedHashMap<>();
      int output = 0;
      for (Observable observable : circuit().observables()) {
        if (observable instanceof Observable.Hermitian h) {
          byWires.computeIfAbsent(h.wires(), w -> new ArrayList<>()).add(h);
          double[] column = new double[inputs.batch()];
          for (int b = 0; b < column.length; b++) {
            column[b] = cotangents[b * circuit().outputs() + output];
          }
          weights.put(h, column);
        }
        output += observable.outputs();
      }
      int number = 0;
      for (Map.Entry<List<Integer>, List<Observable.Hermitian>> same : byWires.entrySet()) {
        double[][] of = same.getValue().stream().map(weights::get).toArray(double[][]::new);
        Shots[] streams = new Shots[inputs.batch()];
        int set = number++;
        Arrays.setAll(streams, b -> shots.at(TOMOGRAPHY, set, b));
        double[][] found =
            compiled.tomography(same.getKey()).gradients(inputs.features(), angles, of, streams);
        for (int h = 0; h < found.length; h++) {
          int first = same.getValue().get(h).firstEntry();
          System.arraycopy(found[h], 0, into.hermitianEntries(), first, found[h].length);
        }
      }
    }
  }

  private static double[] repeated(double[] values, int times) {
    double[] all = new double[Math.multiplyExact(values.length, times)];
    for (int i = 0; i < times; i++) {
      System.arraycopy(values, 0, all, i * values.length, values.length);
    }
    return all;
  }
}
