package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.UnitaryMatrix;
import org.ketloom.api.engine.Inputs;

/**
 * Random circuits of every gate and observable, and random inputs for them. About half of the
 * circuits have products of angles.
 */
final class RandomCircuits {
  private static final int FEATURES = 3;
  private static final int WEIGHTS = 4;
  private static final int SAMPLE_ANGLES = 3;

  private RandomCircuits() {}

  /** Any gates in any order, each gate about equally often. */
  static Circuit circuit(int wires, int gates, Random random) {
    CircuitBuilder builder = gates(wires, gates, random);
    observe(builder, random);
    return builder.build();
  }

  /** Such gates, of which the amplitudes alone are read, with their global phase. */
  static Circuit ofAmplitudes(int wires, int gates, Random random) {
    return gates(wires, gates, random).amplitudes().build();
  }

  private static CircuitBuilder gates(int wires, int gates, Random random) {
    CircuitBuilder builder = Circuit.builder(wires);
    List<Angles> sources = new ArrayList<>();
    sources.add(builder.features(FEATURES));
    sources.add(builder.weights(WEIGHTS));
    sources.add(builder.sampleAngles(SAMPLE_ANGLES));
    if (random.nextInt(3) == 0) {
      prepare(builder, random);
    }
    boolean products = random.nextBoolean();
    List<Gate> deck = new ArrayList<>();
    for (int g = 0; g < gates; g++) {
      if (deck.isEmpty()) {
        deck.addAll(List.of(Gate.values()));
        // The gates of most ansätze, in more than their share.
        deck.addAll(List.of(Gate.X, Gate.X, Gate.Z, Gate.RX, Gate.RY, Gate.RZ));
        Collections.shuffle(deck, random);
      }
      append(builder, deck.remove(0), sources, products, random);
    }
    return builder;
  }

  private static void prepare(CircuitBuilder builder, Random random) {
    int k = 1 + random.nextInt(Math.min(3, builder.wires()));
    int count = 1 + random.nextInt(1 << k);
    boolean complex = random.nextBoolean();
    Angles amplitudes = builder.features(complex ? 2 * count : count);
    builder
        .on(choose(builder.wires(), k, random))
        .prepareAmplitudes(amplitudes, complex, random.nextBoolean() ? 0 : 0.3);
  }

  private static void append(
      CircuitBuilder builder, Gate gate, List<Angles> sources, boolean products, Random random) {
    int wires = builder.wires();
    if (gate.wires() > wires) {
      return;
    }
    int most = Math.min(3, wires - gate.wires());
    int controls = random.nextInt(3) == 0 ? 0 : random.nextInt(most + 1);
    int[] chosen = choose(wires, gate.wires() + controls, random);
    int[] targets = IntStream.of(chosen).limit(gate.wires()).toArray();
    int[] control = IntStream.of(chosen).skip(gate.wires()).toArray();
    CircuitBuilder view = controls == 0 ? builder : builder.controlledBy(control);
    if (gate.isUnitary()) {
      view.unitary(unitary(1 << gate.wires(), random), targets);
      return;
    }
    Angle[] angles = new Angle[gate.angles()];
    for (int a = 0; a < angles.length; a++) {
      int source = random.nextInt(4);
      if (source == 3) {
        angles[a] = Angle.constant(random.nextGaussian());
        continue;
      }
      Angle angle = any(sources.get(source), random).times(0.5 + random.nextDouble());
      if (products && random.nextInt(3) == 0) {
        Angle factor = any(sources.get(random.nextInt(3)), random);
        angle = angle.times(factor.plus(random.nextInt(2)));
      }
      angles[a] = angle.plus(random.nextGaussian());
    }
    view.gate(gate, targets, angles);
  }

  private static Angle any(Angles block, Random random) {
    return block.at(random.nextInt(block.size()));
  }

  private static void observe(CircuitBuilder builder, Random random) {
    int wires = builder.wires();
    for (int o = 0; o < 2; o++) {
      PauliTerm[] terms = new PauliTerm[1 + random.nextInt(3)];
      for (int t = 0; t < terms.length; t++) {
        int[] on = choose(wires, random.nextInt(Math.min(3, wires) + 1), random);
        terms[t] =
            new PauliTerm(
                random.nextGaussian(),
                IntStream.of(on).boxed().toList(),
                IntStream.of(on).mapToObj(w -> Pauli.values()[random.nextInt(3)]).toList());
      }
      builder.expect(terms);
    }
    builder.expect(PauliTerm.of(Pauli.Z, random.nextInt(wires)));
    builder.expect(PauliTerm.of(Pauli.Z, random.nextInt(wires)));
    builder.expectHermitian(choose(wires, 1 + random.nextInt(Math.min(3, wires)), random));
    builder.probabilities(choose(wires, 1 + random.nextInt(Math.min(3, wires)), random));
    builder.expectHermitian(choose(wires, 1, random));
    if (random.nextBoolean()) {
      builder.amplitudes();
    }
  }

  static int[] choose(int wires, int count, Random random) {
    List<Integer> all = new ArrayList<>(IntStream.range(0, wires).boxed().toList());
    Collections.shuffle(all, random);
    return all.stream().limit(count).mapToInt(Integer::intValue).toArray();
  }

  /** Orthonormal rows by Gram and Schmidt. */
  static UnitaryMatrix unitary(int size, Random random) {
    double[] re = gaussian(size * size, random);
    double[] im = gaussian(size * size, random);
    for (int i = 0; i < size; i++) {
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < i; j++) {
          double dotRe = 0;
          double dotIm = 0;
          for (int k = 0; k < size; k++) {
            double ar = re[j * size + k];
            double ai = im[j * size + k];
            double br = re[i * size + k];
            double bi = im[i * size + k];
            dotRe += ar * br + ai * bi;
            dotIm += ar * bi - ai * br;
          }
          for (int k = 0; k < size; k++) {
            double ar = re[j * size + k];
            double ai = im[j * size + k];
            re[i * size + k] -= dotRe * ar - dotIm * ai;
            im[i * size + k] -= dotRe * ai + dotIm * ar;
          }
        }
      }
      double norm = 0;
      for (int k = 0; k < size; k++) {
        norm += re[i * size + k] * re[i * size + k] + im[i * size + k] * im[i * size + k];
      }
      norm = Math.sqrt(norm);
      for (int k = 0; k < size; k++) {
        re[i * size + k] /= norm;
        im[i * size + k] /= norm;
      }
    }
    return new UnitaryMatrix(re, im);
  }

  static Inputs inputs(Circuit circuit, int batch, Random random) {
    return new Inputs(
        batch,
        gaussian(batch * circuit.features(), random),
        gaussian(circuit.weights(), random),
        gaussian(batch * circuit.sampleAngles(), random),
        gaussian(circuit.hermitianEntries(), random));
  }

  static double[] gaussian(int count, Random random) {
    return random.doubles(count, -1, 1).map(u -> u + random.nextGaussian()).toArray();
  }
}
