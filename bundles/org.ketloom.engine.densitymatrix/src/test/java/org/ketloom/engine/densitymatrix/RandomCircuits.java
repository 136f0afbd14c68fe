package org.ketloom.engine.densitymatrix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.HaarPreparation;
import org.ketloom.api.circuit.KrausSet;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.ReadoutError;
import org.ketloom.api.circuit.UnitaryMatrix;
import org.ketloom.api.engine.Inputs;

/**
 * Random circuits of every gate, channel, start and observable, and random inputs for them. About
 * half of the circuits have products of angles.
 */
final class RandomCircuits {
  private static final int EACH = 3;

  /** Where a circuit starts. */
  enum StartKind {
    ZEROS,
    AMPLITUDES,
    DENSITY,
    MIXED,
    HAAR
  }

  private final Random random;
  private final CircuitBuilder builder;
  private final int wires;
  private final boolean products;
  private final List<Angles> sources = new ArrayList<>();

  /** The first feature of a density matrix; -1 for none. */
  private int densityFeature = -1;

  private int densityRows;

  private RandomCircuits(int wires, Random random) {
    this.random = random;
    this.wires = wires;
    this.builder = Circuit.builder(wires);
    this.products = random.nextBoolean();
    sources.add(builder.features(EACH));
    sources.add(builder.weights(EACH));
    sources.add(builder.sampleAngles(EACH));
  }

  /** A circuit with its inputs. */
  record Sample(Circuit circuit, Inputs inputs) {}

  static Sample of(int wires, int instructions, int batch, StartKind start, Random random) {
    RandomCircuits circuits = new RandomCircuits(wires, random);
    circuits.start(start);
    List<Enum<?>> deck = new ArrayList<>();
    for (int i = 0; i < instructions; i++) {
      if (deck.isEmpty()) {
        deck.addAll(List.of(Gate.values()));
        deck.addAll(List.of(Channel.Kind.values()));
        Collections.shuffle(deck, random);
      }
      if (deck.remove(0) instanceof Gate gate) {
        circuits.append(gate);
      } else {
        circuits.append(Channel.Kind.values()[random.nextInt(Channel.Kind.values().length)]);
      }
    }
    circuits.observe();
    return new Sample(circuits.builder.build(), circuits.inputs(batch));
  }

  private void start(StartKind kind) {
    int k = 1 + random.nextInt(Math.min(2, wires));
    int[] on = choose(k);
    switch (kind) {
      case ZEROS -> {}
      case MIXED -> builder.on(on).prepareMixed();
      case HAAR -> builder.on(on).prepareHaarRandom(random.nextLong());
      case AMPLITUDES -> {
        boolean complex = random.nextBoolean();
        int count = 1 + random.nextInt(1 << k);
        Angles features = builder.features(complex ? 2 * count : count);
        builder.on(on).prepareAmplitudes(features, complex, 0.3);
      }
      case DENSITY -> {
        Angles features = builder.features(1 << 2 * k);
        densityFeature = features.first();
        densityRows = 1 << k;
        builder.on(on).prepareDensityMatrix(features);
      }
    }
  }

  private void append(Gate gate) {
    if (gate.wires() > wires) {
      return;
    }
    int controls = random.nextInt(3) == 0 ? random.nextInt(wires - gate.wires() + 1) : 0;
    int[] all = choose(gate.wires() + controls);
    int[] on = Arrays.copyOf(all, gate.wires());
    CircuitBuilder view =
        controls == 0
            ? builder
            : builder.controlledBy(Arrays.copyOfRange(all, gate.wires(), all.length));
    if (gate.isUnitary()) {
      view.unitary(unitary(1 << gate.wires()), on);
      return;
    }
    Angle[] angles = new Angle[gate.angles()];
    for (int a = 0; a < angles.length; a++) {
      angles[a] =
          products && random.nextInt(4) == 0
              ? product(0.5 + random.nextDouble(), random.nextGaussian())
              : angle(0.5 + random.nextDouble(), random.nextGaussian());
    }
    view.gate(gate, on, angles);
  }

  private Angle angle(double scale, double offset) {
    int source = random.nextInt(4);
    return source == 3 ? Angle.constant(offset) : any(source).times(scale).plus(offset);
  }

  private Angle product(double scale, double offset) {
    Angle factor = any(random.nextInt(3)).plus(random.nextInt(2));
    return any(random.nextInt(3)).times(factor).times(scale).plus(offset);
  }

  private Angle any(int source) {
    return sources.get(source).at(random.nextInt(EACH));
  }

  private void append(Channel.Kind kind) {
    int[] one = choose(1);
    if (kind == Channel.Kind.KRAUS) {
      int k = 1 + random.nextInt(Math.min(2, wires));
      builder.kraus(kraus(1 << k), choose(k));
      return;
    }
    if (kind.isPostSelection()) {
      // Neither outcome is impossible.
      builder.depolarizing(Angle.constant(0.5), one);
    }
    if (kind == Channel.Kind.THERMAL_RELAXATION) {
      // All inputs are between -1 and 1.
      builder.channel(kind, one, angle(1, 3), angle(0.5, 3), angle(0.3, 0.6), angle(0.3, 0.4));
      return;
    }
    int[] on = kind == Channel.Kind.DEPOLARIZING ? choose(1 + random.nextInt(wires)) : one;
    Angle[] strengths = new Angle[kind.strengths()];
    boolean bounded = strengths.length > 0 && random.nextBoolean();
    for (int s = 0; s < strengths.length; s++) {
      strengths[s] = bounded ? angle(1, random.nextGaussian()) : angle(0.1, 0.2);
    }
    if (bounded) {
      builder.boundedChannel(kind, on, strengths);
    } else {
      builder.channel(kind, on, strengths);
    }
  }

  private void observe() {
    builder.readoutError(0, new ReadoutError(0.1, 0.05));
    builder.readoutError(wires - 1, new ReadoutError(0.02, 0.2));
    for (int o = 0; o < 2; o++) {
      PauliTerm[] terms = new PauliTerm[2];
      for (int t = 0; t < terms.length; t++) {
        int[] on = choose(random.nextInt(Math.min(3, wires) + 1));
        terms[t] =
            new PauliTerm(
                random.nextGaussian(),
                IntStream.of(on).boxed().toList(),
                IntStream.of(on).mapToObj(w -> Pauli.values()[random.nextInt(3)]).toList());
      }
      builder.expect(terms);
    }
    builder.expectHermitian(some());
    builder.probabilities(some());
    builder.densityMatrix(some());
    builder.purity(some());
    builder.expectHermitian(choose(1));
    int[] on = some();
    builder.fidelity(new HaarPreparation(IntStream.of(on).boxed().toList(), 5).amplitudes(0), on);
    builder.successProbability();
  }

  private int[] some() {
    return choose(1 + random.nextInt(Math.min(2, wires)));
  }

  private int[] choose(int count) {
    List<Integer> all = new ArrayList<>(IntStream.range(0, wires).boxed().toList());
    Collections.shuffle(all, random);
    return all.stream().limit(count).mapToInt(Integer::intValue).toArray();
  }

  private UnitaryMatrix unitary(int rows) {
    KrausSet one = isometry(1, rows);
    double[] re = new double[rows * rows];
    double[] im = new double[rows * rows];
    for (int i = 0; i < rows * rows; i++) {
      re[i] = one.re(0, i / rows, i % rows);
      im[i] = one.im(0, i / rows, i % rows);
    }
    return new UnitaryMatrix(re, im);
  }

  private KrausSet kraus(int rows) {
    return isometry(1 + random.nextInt(3), rows);
  }

  /** Orthonormal columns of {@code count * rows} numbers, by Gram and Schmidt. */
  private KrausSet isometry(int count, int rows) {
    int length = count * rows;
    double[][] re = new double[rows][];
    double[][] im = new double[rows][];
    for (int c = 0; c < rows; c++) {
      re[c] = random.doubles(length, -1, 1).toArray();
      im[c] = random.doubles(length, -1, 1).toArray();
      for (int pass = 0; pass < 2; pass++) {
        for (int d = 0; d < c; d++) {
          double a = 0;
          double b = 0;
          for (int i = 0; i < length; i++) {
            a += re[d][i] * re[c][i] + im[d][i] * im[c][i];
            b += re[d][i] * im[c][i] - im[d][i] * re[c][i];
          }
          for (int i = 0; i < length; i++) {
            re[c][i] -= a * re[d][i] - b * im[d][i];
            im[c][i] -= a * im[d][i] + b * re[d][i];
          }
        }
      }
      double norm = 0;
      for (int i = 0; i < length; i++) {
        norm += re[c][i] * re[c][i] + im[c][i] * im[c][i];
      }
      for (int i = 0; i < length; i++) {
        re[c][i] /= Math.sqrt(norm);
        im[c][i] /= Math.sqrt(norm);
      }
    }
    double[][] kRe = new double[count][rows * rows];
    double[][] kIm = new double[count][rows * rows];
    for (int i = 0; i < length; i++) {
      for (int c = 0; c < rows; c++) {
        kRe[i / rows][i % rows * rows + c] = re[c][i];
        kIm[i / rows][i % rows * rows + c] = im[c][i];
      }
    }
    return new KrausSet(kRe, kIm);
  }

  private Inputs inputs(int batch) {
    Circuit circuit = builder.build();
    double[] features = random.doubles((long) batch * circuit.features(), -1, 1).toArray();
    for (int b = 0; b < batch && densityFeature >= 0; b++) {
      // Far from singular, so that differences stay positive.
      for (int i = 0; i < densityRows; i++) {
        features[b * circuit.features() + densityFeature + i] += 2 * densityRows;
      }
    }
    return new Inputs(
        batch,
        features,
        random.doubles(circuit.weights(), -1, 1).toArray(),
        random.doubles((long) batch * circuit.sampleAngles(), -1, 1).toArray(),
        random.doubles(circuit.hermitianEntries(), -1, 1).toArray());
  }
}
