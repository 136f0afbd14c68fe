package org.ketloom.circuits;

import java.util.ArrayList;
import java.util.List;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.UnitaryMatrix;

/** The circuit's unitary by the matrices in the documentation of the gates, gate by gate. */
public final class DenseSimulator {
  private static final double[][][] PAULIS = {
    {{0, 0}, {1, 0}, {1, 0}, {0, 0}},
    {{0, 0}, {0, -1}, {0, 1}, {0, 0}},
    {{1, 0}, {0, 0}, {0, 0}, {-1, 0}}
  };

  private DenseSimulator() {}

  /** Columns of the unitary: [column][row][re, im]. */
  static double[][][] unitary(Circuit circuit, double[] x, double[] w, double[] s) {
    double[][][] columns = new double[1 << circuit.wires()][][];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = column(circuit, c, x, w, s);
    }
    return columns;
  }

  private static double[][] column(Circuit circuit, int basis, double[] x, double[] w, double[] s) {
    double[][] state = new double[1 << circuit.wires()][2];
    state[basis][0] = 1;
    for (Operation operation : circuit.operations()) {
      double[] angles = operation.angles().stream().mapToDouble(a -> value(a, x, w, s)).toArray();
      state =
          apply(
              state,
              circuit.wires(),
              matrix(operation, angles),
              operation.wires(),
              operation.controls());
    }
    return state;
  }

  /** The final state from |0...0> or the prepared amplitudes: [row][re, im]. */
  static double[][] state(Circuit circuit, double[] x, double[] w, double[] s) {
    if (circuit.preparation().isEmpty()) {
      return column(circuit, 0, x, w, s);
    }
    double[][][] columns = unitary(circuit, x, w, s);
    AmplitudePreparation p = circuit.preparation().get();
    double[][] state = new double[columns.length][2];
    double norm = 0;
    for (int i = 0; i < 1 << p.wires().size(); i++) {
      int basis = 0;
      for (int k = 0; k < p.wires().size(); k++) {
        if ((i >> (p.wires().size() - 1 - k) & 1) == 1) {
          basis |= 1 << (circuit.wires() - 1 - p.wires().get(k));
        }
      }
      double re = i < p.count() ? x[p.firstFeature() + i] : p.padding();
      double im = p.complex() && i < p.count() ? x[p.firstFeature() + p.count() + i] : 0;
      norm += re * re + im * im;
      for (int row = 0; row < state.length; row++) {
        double[] product = times(columns[basis][row], new double[] {re, im});
        state[row][0] += product[0];
        state[row][1] += product[1];
      }
    }
    for (double[] entry : state) {
      entry[0] /= Math.sqrt(norm);
      entry[1] /= Math.sqrt(norm);
    }
    return state;
  }

  /** The observables' values, one after another. */
  static double[] outputs(Circuit circuit, double[] x, double[] w, double[] s, double[] h) {
    double[][] state = state(circuit, x, w, s);
    List<Double> values = new ArrayList<>();
    for (Observable observable : circuit.observables()) {
      if (observable instanceof Observable.PauliSum sum) {
        double value = 0;
        for (PauliTerm term : sum.terms()) {
          double[][] acted = state;
          for (int i = 0; i < term.wires().size(); i++) {
            acted =
                apply(
                    acted,
                    circuit.wires(),
                    PAULIS[term.paulis().get(i).ordinal()],
                    List.of(term.wires().get(i)),
                    List.of());
          }
          value += term.coefficient() * overlap(state, acted);
        }
        values.add(value);
      } else if (observable instanceof Observable.Hermitian hermitian) {
        int d = hermitian.dimension();
        double[][] matrix = new double[d * d][2];
        int re = hermitian.firstEntry() + d;
        int im = re + d * (d - 1) / 2;
        for (int i = 0; i < d; i++) {
          matrix[i * d + i][0] = h[hermitian.firstEntry() + i];
          for (int j = i + 1; j < d; j++) {
            matrix[i * d + j] = new double[] {h[re], h[im]};
            matrix[j * d + i] = new double[] {h[re++], -h[im++]};
          }
        }
        values.add(
            overlap(state, apply(state, circuit.wires(), matrix, hermitian.wires(), List.of())));
      } else {
        double[] probabilities = new double[observable.outputs()];
        for (int basis = 0; basis < state.length; basis++) {
          int index = 0;
          for (int wire : observable.wires()) {
            index = 2 * index + bit(basis, wire, circuit.wires());
          }
          probabilities[index] +=
              state[basis][0] * state[basis][0] + state[basis][1] * state[basis][1];
        }
        for (double probability : probabilities) {
          values.add(probability);
        }
      }
    }
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double overlap(double[][] a, double[][] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i][0] * b[i][0] + a[i][1] * b[i][1];
    }
    return sum;
  }

  private static double value(Angle a, double[] x, double[] w, double[] s) {
    double second =
        a.factor().map(f -> read(f.source(), f.index(), x, w, s) + f.offset()).orElse(1.0);
    return a.scale() * read(a.source(), a.index(), x, w, s) * second + a.offset();
  }

  private static double read(Angle.Source source, int index, double[] x, double[] w, double[] s) {
    return switch (source) {
      case CONSTANT -> 0;
      case FEATURE -> x[index];
      case WEIGHT -> w[index];
      case SAMPLE -> s[index];
    };
  }

  static double[][] apply(
      double[][] state, int n, double[][] matrix, List<Integer> wires, List<Integer> controls) {
    int k = 1 << wires.size();
    double[][] out = new double[state.length][2];
    for (int row = 0; row < state.length; row++) {
      final int basis = row;
      if (controls.stream().anyMatch(c -> bit(basis, c, n) == 0)) {
        out[row] = state[row].clone();
        continue;
      }
      int r = 0;
      for (int wire : wires) {
        r = 2 * r + bit(row, wire, n);
      }
      for (int c = 0; c < k; c++) {
        int from = row;
        for (int i = 0; i < wires.size(); i++) {
          int mask = 1 << (n - 1 - wires.get(i));
          from = (c >> (wires.size() - 1 - i) & 1) == 1 ? from | mask : from & ~mask;
        }
        double[] product = times(matrix[r * k + c], state[from]);
        out[row][0] += product[0];
        out[row][1] += product[1];
      }
    }
    return out;
  }

  private static int bit(int basis, int wire, int n) {
    return basis >> (n - 1 - wire) & 1;
  }

  private static double[][] matrix(Operation operation, double[] t) {
    double h = Math.sqrt(0.5);
    return switch (operation.gate()) {
      case H -> new double[][] {{h, 0}, {h, 0}, {h, 0}, {-h, 0}};
      case X -> PAULIS[0];
      case Y -> PAULIS[1];
      case Z -> PAULIS[2];
      case S -> diagonal(Math.PI / 2);
      case T -> diagonal(Math.PI / 4);
      case PHASE -> diagonal(t[0]);
      case RX -> rotation(PAULIS[0], -t[0] / 2);
      case RY -> rotation(PAULIS[1], -t[0] / 2);
      case RZ -> rotation(PAULIS[2], -t[0] / 2);
      case U3 -> {
        double c = Math.cos(t[0] / 2);
        double s = Math.sin(t[0] / 2);
        yield new double[][] {
          {c, 0}, times(polar(t[2]), -s), times(polar(t[1]), s), times(polar(t[1] + t[2]), c)
        };
      }
      case SWAP -> {
        double[][] m = new double[16][2];
        m[0][0] = m[6][0] = m[9][0] = m[15][0] = 1;
        yield m;
      }
      case RXX -> rotation(kron(PAULIS[0]), -t[0] / 2);
      case RYY -> rotation(kron(PAULIS[1]), -t[0] / 2);
      case RZZ -> rotation(kron(PAULIS[2]), -t[0] / 2);
      case CANONICAL ->
          multiply(
              rotation(kron(PAULIS[0]), t[0]),
              multiply(rotation(kron(PAULIS[1]), t[1]), rotation(kron(PAULIS[2]), t[2])));
      case UNITARY1, UNITARY2 -> {
        UnitaryMatrix u = operation.matrix().orElseThrow();
        double[][] m = new double[u.size() * u.size()][];
        for (int i = 0; i < m.length; i++) {
          m[i] = new double[] {u.re(i / u.size(), i % u.size()), u.im(i / u.size(), i % u.size())};
        }
        yield m;
      }
    };
  }

  private static double[][] diagonal(double angle) {
    return new double[][] {{1, 0}, {0, 0}, {0, 0}, polar(angle)};
  }

  /** exp(i t P) for a matrix that is its own inverse. */
  static double[][] rotation(double[][] p, double t) {
    int size = p.length == 4 ? 2 : 4;
    double[][] m = new double[p.length][];
    for (int i = 0; i < p.length; i++) {
      m[i] = times(p[i], new double[] {0, Math.sin(t)});
      if (i / size == i % size) {
        m[i][0] += Math.cos(t);
      }
    }
    return m;
  }

  private static double[][] kron(double[][] p) {
    double[][] m = new double[16][];
    for (int i = 0; i < 16; i++) {
      int row = i / 4;
      int column = i % 4;
      m[i] = times(p[(row / 2) * 2 + column / 2], p[(row % 2) * 2 + column % 2]);
    }
    return m;
  }

  static double[][] multiply(double[][] a, double[][] b) {
    int size = a.length == 4 ? 2 : 4;
    double[][] m = new double[a.length][2];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        for (int k = 0; k < size; k++) {
          double[] product = times(a[i * size + k], b[k * size + j]);
          m[i * size + j][0] += product[0];
          m[i * size + j][1] += product[1];
        }
      }
    }
    return m;
  }

  static double[] polar(double angle) {
    return new double[] {Math.cos(angle), Math.sin(angle)};
  }

  static double[] times(double[] a, double[] b) {
    return new double[] {a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]};
  }

  private static double[] times(double[] a, double factor) {
    return new double[] {a[0] * factor, a[1] * factor};
  }
}
