package org.ketloom.circuits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.UnitaryMatrix;

class OpenQasmTest {

  /** Every gate, with 0, 1 and 2 controls: a wrong global phase shows under the first control. */
  @ParameterizedTest
  @EnumSource(Gate.class)
  void everyGateMeansTheSameUnderControlsToo(Gate gate) {
    Random random = new Random(7 + gate.ordinal());
    CircuitBuilder builder = Circuit.builder(4);
    Angles weights = builder.weights(3);
    Angle[] angles = new Angle[gate.angles()];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = weights.at(i);
    }
    int[] wires = gate.wires() == 1 ? new int[] {1} : new int[] {3, 1};
    for (int controls = 0; controls <= 2; controls++) {
      CircuitBuilder view = builder.controlledBy(new int[][] {{}, {2}, {0, 2}}[controls]);
      if (gate.isUnitary()) {
        view.unitary(randomUnitary(1 << gate.wires(), random), wires);
      } else {
        view.gate(gate, wires, angles);
      }
    }
    assertSameUnitary(builder.build(), random);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void randomCircuitsMeanTheSame(int seed) {
    Random random = new Random(seed);
    CircuitBuilder builder = Circuit.builder(4);
    Angles features = builder.features(3);
    Angles weights = builder.weights(2, 2);
    Angles samples = builder.sampleAngles(2);
    for (int i = 0; i < 25; i++) {
      Gate gate = Gate.values()[random.nextInt(Gate.values().length)];
      int[] order = random.ints(0, 4).distinct().limit(4).toArray();
      int[] wires = java.util.Arrays.copyOf(order, gate.wires());
      int[] controls = random.nextBoolean() ? new int[0] : new int[] {order[3]};
      if (gate.isUnitary()) {
        builder.controlledBy(controls).unitary(randomUnitary(1 << gate.wires(), random), wires);
        continue;
      }
      Angle[] angles = new Angle[gate.angles()];
      for (int a = 0; a < angles.length; a++) {
        angles[a] =
            switch (random.nextInt(6)) {
              case 0 -> features.at(random.nextInt(3)).times(random.nextGaussian()).plus(-1e-5);
              case 1 -> weights.at(random.nextInt(2), 1).times(-1).plus(random.nextDouble());
              case 2 -> samples.at(random.nextInt(2)).times(1e-4);
              case 3 -> features.at(0).times(weights.at(0, 0).plus(1)).times(-0.7).plus(0.1);
              case 4 -> samples.at(1).times(weights.at(1, 0).times(-2));
              default -> Angle.constant(random.nextGaussian());
            };
      }
      builder.controlledBy(controls).gate(gate, wires, angles);
    }
    assertSameUnitary(builder.build(), random);
  }

  /** Matrices with zeros, where the general formulas would divide by them or take their phase. */
  @ParameterizedTest
  @CsvSource({"0,1,2,3", "3,2,1,0", "1,0,3,2", "0,1,3,2", "2,3,0,1", "0,2,1,3", "1,2,3,0"})
  void permutationsWithPhasesAreDecomposedExactly(int a, int b, int c, int d) {
    int[] places = {a, b, c, d};
    double[] re = new double[16];
    double[] im = new double[16];
    for (int i = 0; i < 4; i++) {
      re[4 * i + places[i]] = Math.cos(i * i);
      im[4 * i + places[i]] = Math.sin(i * i);
    }
    CircuitBuilder builder = Circuit.builder(3);
    builder.controlledBy(2).unitary(new UnitaryMatrix(re, im), 0, 1);
    assertSameUnitary(builder.build(), new Random(1));
    double[] diagonalRe = {0, Math.cos(2), Math.cos(1), 0};
    double[] diagonalIm = {0, Math.sin(2), Math.sin(1), 0};
    assertSameUnitary(
        Circuit.builder(2).unitary(new UnitaryMatrix(diagonalRe, diagonalIm), 1).build(),
        new Random(1));
  }

  @Test
  void productsAreExpressionsOfTheirInputs() {
    CircuitBuilder builder = Circuit.builder(1);
    Angle x = builder.features(1).at(0);
    Angles w = builder.weights(2);
    builder.rx(0, x.times(w.at(1).plus(1)).times(2)).rz(0, x.times(w.at(0)).plus(-0.5));
    String text = OpenQasm.write(builder.build());
    assertTrue(text.contains("rx(2.0*x0*(w1+1.0)) q[0];\nrz(x0*w0-0.5) q[0];\n"), text);
    assertTrue(
        text.contains("input float[64] x0;\ninput float[64] w0;\ninput float[64] w1;\n"), text);
  }

  @Test
  void declaresWhatIsReadAndTellsTheRestInComments() {
    CircuitBuilder builder = Circuit.builder(2);
    Angles features = builder.features(3);
    builder.prepareAmplitudes(features, false, 0.5);
    Angles weights = builder.weights(2);
    builder.ry(0, weights.at(1).times(2).plus(0.25)).cnot(0, 1).rz(1, features.at(2));
    builder.expect(PauliTerm.of(Pauli.Z, 0)).probabilities(0, 1);
    String text = OpenQasm.write(builder.build());
    assertTrue(text.startsWith("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n"), text);
    assertTrue(
        text.contains(
            "// prepared: wires 0 1 start in the normalised vector of x0..x2, padded with 0.5\n"),
        text);
    assertTrue(text.contains("input float[64] x2;\ninput float[64] w1;\nqubit[2] q;\n"), text);
    assertTrue(text.contains("ry(2.0*w1+0.25) q[0];\ncx q[0], q[1];\nrz(x2) q[1];\n"), text);
    assertTrue(text.contains("// output 0: <Z0>\n"), text);
    assertTrue(text.contains("// outputs 1..4: probabilities"), text);
    assertFalse(text.contains("gate "), text);
  }

  static void assertSameUnitary(Circuit circuit, Random random) {
    double[] x = random.doubles(circuit.features(), -3, 3).toArray();
    double[] w = random.doubles(circuit.weights(), -3, 3).toArray();
    double[] s = random.doubles(circuit.sampleAngles(), -3, 3).toArray();
    Map<String, Double> inputs = new HashMap<>();
    for (int i = 0; i < x.length; i++) {
      inputs.put("x" + i, x[i]);
    }
    for (int i = 0; i < w.length; i++) {
      inputs.put("w" + i, w[i]);
    }
    for (int i = 0; i < s.length; i++) {
      inputs.put("s" + i, s[i]);
    }
    String program = OpenQasm.write(circuit);
    double[][][] expected = DenseSimulator.unitary(circuit, x, w, s);
    double[][][] found = new QasmInterpreter(program, inputs).unitary();
    for (int c = 0; c < expected.length; c++) {
      for (int r = 0; r < expected.length; r++) {
        assertEquals(expected[c][r][0], found[c][r][0], 1e-12, program);
        assertEquals(expected[c][r][1], found[c][r][1], 1e-12, program);
      }
    }
  }

  /** Gram-Schmidt on random columns. */
  static UnitaryMatrix randomUnitary(int size, Random random) {
    double[][][] rows = new double[size][size][2];
    for (int i = 0; i < size; i++) {
      for (double[] entry : rows[i]) {
        entry[0] = random.nextGaussian();
        entry[1] = random.nextGaussian();
      }
      for (int k = 0; k < 2 * i; k++) {
        double[][] other = rows[k % i];
        double re = 0;
        double im = 0;
        for (int j = 0; j < size; j++) {
          re += other[j][0] * rows[i][j][0] + other[j][1] * rows[i][j][1];
          im += other[j][0] * rows[i][j][1] - other[j][1] * rows[i][j][0];
        }
        for (int j = 0; j < size; j++) {
          double[] p = DenseSimulator.times(new double[] {re, im}, other[j]);
          rows[i][j][0] -= p[0];
          rows[i][j][1] -= p[1];
        }
      }
      double norm = 0;
      for (double[] entry : rows[i]) {
        norm += entry[0] * entry[0] + entry[1] * entry[1];
      }
      for (double[] entry : rows[i]) {
        entry[0] /= Math.sqrt(norm);
        entry[1] /= Math.sqrt(norm);
      }
    }
    double[] re = new double[size * size];
    double[] im = new double[size * size];
    for (int i = 0; i < size * size; i++) {
      re[i] = rows[i / size][i % size][0];
      im[i] = rows[i / size][i % size][1];
    }
    return new UnitaryMatrix(re, im);
  }
}
