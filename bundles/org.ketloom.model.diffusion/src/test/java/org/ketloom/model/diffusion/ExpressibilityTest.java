package org.ketloom.model.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz.Block;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz.Pattern;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.nn.RandomStreams;

/**
 * Expressibility (Kullback-Leibler divergence of the fidelities' distribution from that of Haar
 * states) and entangling capability (Meyer and Wallach) of the published ansatz, by the published
 * notebook's estimator: RY(pi/4) on every wire, angles uniform on a turn, all pairs of 500 states,
 * 75 bins, the density at their centres against {@code 15 (1 - F)^14}. Expected are the values of a
 * replication that shares no code; tolerances are what its 500 states leave open.
 */
class ExpressibilityTest {
  private static final int STATES = 500;
  private static final int MORE_STATES = 4000;
  private static final int BINS = 75;

  @ParameterizedTest
  @CsvSource({
    "LINE,1,.0067,.647",
    "LINE,2,.0019,.784",
    "LINE,3,.0017,.805",
    "LINE,5,.0017,.820",
    "RING,1,.0021,.751",
    "RING,2,.0018,.811",
    "RING,5,.0018,.826"
  })
  void publishedAnsatz(Pattern pattern, int layers, double divergence, double entanglement) {
    double[][] states = states(new TwoQubitAnsatz(Block.CORE, pattern, true), layers);
    assertEquals(divergence, divergence(states), Math.max(5e-4, 0.25 * divergence));
    assertEquals(entanglement, entanglement(states), 0.02);
  }

  private static double[][] states(TwoQubitAnsatz ansatz, int layers) {
    CircuitBuilder builder = Circuit.builder(4);
    for (int wire = 0; wire < 4; wire++) {
      builder.ry(wire, Angle.constant(Math.PI / 4));
    }
    int count = ansatz.angleShape(4, layers).get(0);
    ansatz.append(builder, layers, builder.sampleAngles(count));
    SplitMix64 random = RandomStreams.of(1, "expressibility", layers);
    double[] angles = random.doubles((long) MORE_STATES * count, 0, 2 * Math.PI).toArray();
    double[] none = {};
    double[] all =
        TestEngine.of(1)
            .compile(builder.amplitudes().build())
            .values(new Inputs(MORE_STATES, none, none, angles, none));
    double[][] states = new double[MORE_STATES][32];
    for (int i = 0; i < MORE_STATES; i++) {
      System.arraycopy(all, i * 32, states[i], 0, 32);
    }
    return states;
  }

  private static double divergence(double[][] states) {
    double[] share = new double[BINS];
    int pairs = STATES * (STATES - 1) / 2;
    for (int i = 0; i < STATES; i++) {
      for (int j = 0; j < i; j++) {
        double re = 0;
        double im = 0;
        for (int x = 0; x < 16; x++) {
          re += states[i][x] * states[j][x] + states[i][16 + x] * states[j][16 + x];
          im += states[i][x] * states[j][16 + x] - states[i][16 + x] * states[j][x];
        }
        share[Math.min(BINS - 1, (int) (BINS * (re * re + im * im)))] += 1.0 / pairs;
      }
    }
    double sum = 0;
    for (int bin = 0; bin < BINS; bin++) {
      double haar = 15 * Math.pow(1 - (bin + 0.5) / BINS, 14) / BINS;
      sum += share[bin] > 0 ? share[bin] * Math.log(share[bin] / haar) : 0;
    }
    return sum;
  }

  private static double entanglement(double[][] states) {
    double sum = 0;
    for (double[] state : states) {
      double purities = 0;
      for (int wire = 0; wire < 4; wire++) {
        double[][] rho = new double[2][4];
        int bit = 8 >> wire;
        for (int x = 0; x < 16; x++) {
          if ((x & bit) == 0) {
            int y = x | bit;
            rho[0][0] += state[x] * state[x] + state[16 + x] * state[16 + x];
            rho[0][1] += state[y] * state[y] + state[16 + y] * state[16 + y];
            rho[0][2] += state[x] * state[y] + state[16 + x] * state[16 + y];
            rho[0][3] += state[16 + x] * state[y] - state[x] * state[16 + y];
          }
        }
        double[] r = rho[0];
        purities += r[0] * r[0] + r[1] * r[1] + 2 * (r[2] * r[2] + r[3] * r[3]);
      }
      sum += 2 * (1 - purities / 4);
    }
    return sum / states.length;
  }
}
