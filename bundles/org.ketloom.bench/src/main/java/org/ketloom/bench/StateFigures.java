package org.ketloom.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.QuantumEngine;

/**
 * What the states of a circuit are like over random inputs.
 *
 * @param expressibility how near they are to random states
 * @param framePotentials means of {@code F^t} for t = 1, 2, 3; those of random states, the least
 *     that there are, are {@link HaarFidelity#framePotential}
 * @param entanglement how entangled they are
 * @param fidelities of all pairs
 * @param bloch Bloch vectors of the first states: {@code [state][wire][x, y, z]}
 */
public record StateFigures(
    Expressibility expressibility,
    List<Summary> framePotentials,
    Entanglement entanglement,
    double[] fidelities,
    double[][][] bloch) {
  private static final int ORDERS = 3;

  /** States whose Bloch vectors are kept. */
  private static final int MAX_BLOCH = 300;

  /** Numbers that states are measured by, filled by several threads. */
  private static final class Collected {
    final double[] fidelities;
    final double[] meyerWallach;
    final double[][] cuts;
    final double[][][] bloch;

    Collected(int pairs, int wires, int entropies) {
      fidelities = new double[pairs];
      meyerWallach = new double[2 * pairs];
      cuts = new double[wires - 1][Math.min(2 * pairs, entropies)];
      bloch = new double[Math.min(2 * pairs, MAX_BLOCH)][][];
    }

    void take(int number, PureState state) {
      meyerWallach[number] = state.meyerWallach();
      if (number < bloch.length) {
        bloch[number] =
            IntStream.range(0, state.wires()).mapToObj(state::bloch).toArray(double[][]::new);
      }
      for (int cut = 0; cut < cuts.length && number < cuts[cut].length; cut++) {
        cuts[cut][number] = state.entropy(cut + 1);
      }
    }
  }

  /**
   * Measures a circuit. Per-sample angles are drawn uniformly from a turn, features from -pi to pi,
   * for each state anew.
   *
   * @param circuit of unitary gates; what it reads doesn't matter
   * @throws IllegalArgumentException if its states aren't pure, or the engine can't run it
   */
  public static StateFigures measure(
      QuantumEngine engine, Circuit circuit, BenchSettings settings) {
    return measure(engine, circuit, new double[circuit.weights()], Optional.empty(), settings);
  }

  /**
   * Measures a circuit.
   *
   * @param weights that all states share
   * @param data rows of features, of which the two states of a pair have different ones; empty for
   *     random features
   * @throws IllegalArgumentException if its states aren't pure, the arrays don't fit, or the engine
   *     can't run it
   */
  public static StateFigures measure(
      QuantumEngine engine,
      Circuit circuit,
      double[] weights,
      Optional<double[][]> data,
      BenchSettings settings) {
    FidelityBins bins =
        FidelityBins.of(
            settings.estimator().orElse(Estimator.of(circuit.wires())),
            circuit.wires(),
            settings.bins());
    Collected collected = new Collected(settings.pairs(), circuit.wires(), settings.entropies());
    new StateSource(engine, circuit, weights, data)
        .draw(
            settings.pairs(),
            settings.seed(),
            (from, pairs, states) ->
                IntStream.range(0, pairs)
                    .parallel()
                    .forEach(
                        pair -> {
                          PureState one = states.apply(2 * pair);
                          PureState other = states.apply(2 * pair + 1);
                          collected.fidelities[from + pair] = one.fidelity(other);
                          collected.take(2 * (from + pair), one);
                          collected.take(2 * (from + pair) + 1, other);
                        }));
    return new StateFigures(
        bins.expressibility(collected.fidelities),
        framePotentials(collected.fidelities),
        entanglement(collected),
        collected.fidelities,
        collected.bloch);
  }

  private static List<Summary> framePotentials(double[] fidelities) {
    return IntStream.rangeClosed(1, ORDERS)
        .mapToObj(t -> Summary.of(Arrays.stream(fidelities).map(f -> Math.pow(f, t)).toArray()))
        .toList();
  }

  private static Entanglement entanglement(Collected collected) {
    List<Summary> cuts = new ArrayList<>();
    double[][] all = collected.cuts;
    int states = all.length == 0 ? 0 : all[0].length;
    double[] means = new double[states];
    for (double[] cut : all) {
      cuts.add(Summary.of(cut));
      for (int state = 0; state < states; state++) {
        means[state] += cut[state] / all.length;
      }
    }
    return new Entanglement(Summary.of(collected.meyerWallach), Summary.of(means), cuts);
  }
}
