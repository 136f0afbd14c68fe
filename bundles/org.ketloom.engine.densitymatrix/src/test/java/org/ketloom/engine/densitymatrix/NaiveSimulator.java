package org.ketloom.engine.densitymatrix;

import java.util.ArrayList;
import java.util.List;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.DensityPreparation;
import org.ketloom.api.circuit.HaarPreparation;
import org.ketloom.api.circuit.Instruction;
import org.ketloom.api.circuit.KrausSet;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.Preparation;
import org.ketloom.api.circuit.ReadoutError;
import org.ketloom.api.engine.Inputs;
import org.ketloom.engine.statevector.ComplexMatrix;

/**
 * A textbook simulator of density matrices: each gate and each Kraus operator is a matrix of all
 * wires, each channel a sum of products of three matrices. Shares nothing with the engine.
 */
final class NaiveSimulator {
  private static final ComplexMatrix ONE = ComplexMatrix.identity(2);
  private static final ComplexMatrix X = ComplexMatrix.of(0, 0, 1, 0, 1, 0, 0, 0);
  private static final ComplexMatrix Y = ComplexMatrix.of(0, 0, 0, -1, 0, 1, 0, 0);
  private static final ComplexMatrix Z = ComplexMatrix.of(1, 0, 0, 0, 0, 0, -1, 0);

  private final Circuit circuit;
  private final int wires;

  NaiveSimulator(Circuit circuit) {
    this.circuit = circuit;
    this.wires = circuit.wires();
  }

  double[] values(Inputs inputs) {
    double[] outputs = new double[inputs.batch() * circuit.outputs()];
    int next = 0;
    for (int b = 0; b < inputs.batch(); b++) {
      ComplexMatrix rho = state(inputs, b);
      double probability = trace(rho);
      rho = rho.times(1 / probability, 0);
      for (Observable observable : circuit.observables()) {
        for (double value : values(observable, rho, probability, inputs)) {
          outputs[next++] = value;
        }
      }
    }
    return outputs;
  }

  /** The final state, its trace being the probability of the post-selections. */
  ComplexMatrix state(Inputs inputs, int sample) {
    ComplexMatrix rho = initial(inputs, sample);
    for (Instruction instruction : circuit.instructions()) {
      double[] read =
          instruction.angles().stream().mapToDouble(a -> read(a, inputs, sample)).toArray();
      ComplexMatrix image = ComplexMatrix.zero(rho.rows(), rho.rows());
      for (ComplexMatrix k : operators(instruction, read)) {
        image = image.plus(k.times(rho).times(k.adjoint()));
      }
      rho = image;
    }
    return rho;
  }

  private double read(Angle angle, Inputs inputs, int sample) {
    double first = read(angle.source(), angle.index(), inputs, sample);
    double second =
        angle
            .factor()
            .map(f -> read(f.source(), f.index(), inputs, sample) + f.offset())
            .orElse(1.0);
    return angle.scale() * first * second + angle.offset();
  }

  private double read(Angle.Source source, int index, Inputs inputs, int sample) {
    return switch (source) {
      case CONSTANT -> 0;
      case FEATURE -> inputs.features()[sample * circuit.features() + index];
      case WEIGHT -> inputs.weights()[index];
      case SAMPLE -> inputs.sampleAngles()[sample * circuit.sampleAngles() + index];
    };
  }

  // Starts.

  private ComplexMatrix initial(Inputs inputs, int sample) {
    List<Integer> on = circuit.start().map(Preparation::wires).orElse(List.of());
    int rows = 1 << on.size();
    ComplexMatrix small = ComplexMatrix.identity(1);
    Preparation start = circuit.start().orElse(null);
    if (start instanceof AmplitudePreparation given) {
      double[] v = new double[2 * rows];
      int first = sample * circuit.features() + given.firstFeature();
      for (int i = 0; i < rows; i++) {
        v[i] = i < given.count() ? inputs.features()[first + i] : given.padding();
        v[rows + i] =
            given.complex() && i < given.count() ? inputs.features()[first + given.count() + i] : 0;
      }
      small = projector(v);
      small = small.times(1 / trace(small), 0);
    } else if (start instanceof HaarPreparation given) {
      small = projector(given.amplitudes(sample));
    } else if (start instanceof DensityPreparation given) {
      small =
          hermitian(inputs.features(), sample * circuit.features() + given.firstFeature(), rows);
      small = small.times(1 / trace(small), 0);
    } else if (start != null) {
      small = ComplexMatrix.identity(rows).times(1.0 / rows, 0);
    }
    ComplexMatrix rho = ComplexMatrix.zero(1 << wires, 1 << wires);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        int to = index(on, i) * rho.rows() + index(on, j);
        rho.re()[to] = small.re()[i * rows + j];
        rho.im()[to] = small.im()[i * rows + j];
      }
    }
    return rho;
  }

  /** The basis state of all wires that has bits on some of them. */
  private int index(List<Integer> on, int bits) {
    int index = 0;
    for (int i = 0; i < on.size(); i++) {
      index |= (bits >> (on.size() - 1 - i) & 1) << (wires - 1 - on.get(i));
    }
    return index;
  }

  private static ComplexMatrix projector(double[] v) {
    int rows = v.length / 2;
    ComplexMatrix m = ComplexMatrix.zero(rows, rows);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        m.re()[i * rows + j] = v[i] * v[j] + v[rows + i] * v[rows + j];
        m.im()[i * rows + j] = v[rows + i] * v[j] - v[i] * v[rows + j];
      }
    }
    return m;
  }

  // Gates and channels.

  private List<ComplexMatrix> operators(Instruction instruction, double[] read) {
    if (instruction instanceof Operation operation) {
      ComplexMatrix gate = whole(unitary(operation, read), operation.wires());
      ComplexMatrix projector = ComplexMatrix.identity(1 << wires);
      for (int control : operation.controls()) {
        ComplexMatrix one = ComplexMatrix.of(0, 0, 0, 0, 0, 0, 1, 0);
        projector = projector.times(whole(one, List.of(control)));
      }
      ComplexMatrix rest = ComplexMatrix.identity(1 << wires).plus(projector.times(-1, 0));
      return List.of(rest.plus(projector.times(gate)));
    }
    Channel channel = (Channel) instruction;
    double[] strengths = channel.bounded() ? bounded(channel, read) : read;
    return kraus(channel, strengths).stream().map(k -> whole(k, channel.wires())).toList();
  }

  private static double[] bounded(Channel channel, double[] t) {
    double[] p = new double[t.length];
    double rest = 1;
    for (int i = 0; i < t.length; i++) {
      p[i] = (1 - Math.cos(t[i])) / 2 * rest;
      if (channel.kind() == Channel.Kind.PAULI || channel.kind() == Channel.Kind.RESET_ERROR) {
        rest -= p[i];
      }
    }
    return p;
  }

  private static List<ComplexMatrix> kraus(Channel channel, double[] p) {
    return switch (channel.kind()) {
      case DEPOLARIZING -> depolarizing(channel.wires().size(), p[0]);
      case BIT_FLIP -> List.of(ONE.root(1 - p[0]), X.root(p[0]));
      case PHASE_FLIP -> List.of(ONE.root(1 - p[0]), Z.root(p[0]));
      case BIT_PHASE_FLIP -> List.of(ONE.root(1 - p[0]), Y.root(p[0]));
      case PAULI ->
          List.of(ONE.root(1 - p[0] - p[1] - p[2]), X.root(p[0]), Y.root(p[1]), Z.root(p[2]));
      case AMPLITUDE_DAMPING -> damping(p[0], 0);
      case GENERALIZED_AMPLITUDE_DAMPING -> damping(p[0], p[1]);
      case PHASE_DAMPING -> dephasing(p[0]);
      case THERMAL_RELAXATION -> {
        // Damping leaves the coherences sqrt(e1); dephasing takes them on to e2.
        double e1 = Math.exp(-p[2] / p[0]);
        double e2 = Math.exp(-p[2] / p[1]);
        yield products(dephasing(Math.max(0, 1 - e2 * e2 / e1)), damping(1 - e1, p[3]));
      }
      case RESET_ERROR ->
          List.of(
              ONE.root(1 - p[0] - p[1]),
              unit(0, 0).root(p[0]),
              unit(0, 1).root(p[0]),
              unit(1, 0).root(p[1]),
              unit(1, 1).root(p[1]));
      case RESET -> List.of(unit(0, 0), unit(0, 1));
      case MEASURE -> List.of(unit(0, 0), unit(1, 1));
      case POST_SELECT_0 -> List.of(unit(0, 0));
      case POST_SELECT_1 -> List.of(unit(1, 1));
      case KRAUS -> given(channel.kraus().orElseThrow());
    };
  }

  private static List<ComplexMatrix> given(KrausSet kraus) {
    List<ComplexMatrix> all = new ArrayList<>();
    for (int k = 0; k < kraus.count(); k++) {
      ComplexMatrix m = ComplexMatrix.zero(kraus.rows(), kraus.rows());
      for (int i = 0; i < kraus.rows() * kraus.rows(); i++) {
        m.re()[i] = kraus.re(k, i / kraus.rows(), i % kraus.rows());
        m.im()[i] = kraus.im(k, i / kraus.rows(), i % kraus.rows());
      }
      all.add(m);
    }
    return all;
  }

  /** A uniformly random Pauli string, the identity included, with probability l. */
  private static List<ComplexMatrix> depolarizing(int k, double l) {
    List<ComplexMatrix> strings = new ArrayList<>(List.of(ComplexMatrix.identity(1)));
    for (int i = 0; i < k; i++) {
      List<ComplexMatrix> longer = new ArrayList<>();
      for (ComplexMatrix string : strings) {
        for (ComplexMatrix letter : List.of(ONE, X, Y, Z)) {
          longer.add(string.kron(letter));
        }
      }
      strings = longer;
    }
    double each = l / strings.size();
    List<ComplexMatrix> operators = new ArrayList<>();
    for (int s = 0; s < strings.size(); s++) {
      operators.add(strings.get(s).root(s == 0 ? 1 - l + each : each));
    }
    return operators;
  }

  private static List<ComplexMatrix> damping(double g, double excited) {
    double c = Math.sqrt(1 - g);
    double s = Math.sqrt(g);
    return List.of(
        ComplexMatrix.of(1, 0, 0, 0, 0, 0, c, 0).root(1 - excited),
        ComplexMatrix.of(0, 0, s, 0, 0, 0, 0, 0).root(1 - excited),
        ComplexMatrix.of(c, 0, 0, 0, 0, 0, 1, 0).root(excited),
        ComplexMatrix.of(0, 0, 0, 0, s, 0, 0, 0).root(excited));
  }

  private static List<ComplexMatrix> dephasing(double g) {
    return List.of(
        ComplexMatrix.of(1, 0, 0, 0, 0, 0, Math.sqrt(1 - g), 0),
        ComplexMatrix.of(0, 0, 0, 0, 0, 0, Math.sqrt(g), 0));
  }

  private static List<ComplexMatrix> products(List<ComplexMatrix> a, List<ComplexMatrix> b) {
    return a.stream().flatMap(l -> b.stream().map(l::times)).toList();
  }

  private static ComplexMatrix unit(int row, int column) {
    ComplexMatrix m = ComplexMatrix.zero(2, 2);
    m.re()[2 * row + column] = 1;
    return m;
  }

  private static ComplexMatrix unitary(Operation operation, double[] t) {
    double h = Math.sqrt(0.5);
    return switch (operation.gate()) {
      case H -> ComplexMatrix.of(h, 0, h, 0, h, 0, -h, 0);
      case X -> X;
      case Y -> Y;
      case Z -> Z;
      case S -> phase(Math.PI / 2);
      case T -> phase(Math.PI / 4);
      case RX -> exponential(X, -t[0] / 2);
      case RY -> exponential(Y, -t[0] / 2);
      case RZ -> exponential(Z, -t[0] / 2);
      case PHASE -> phase(t[0]);
      case U3 -> phase(t[1]).times(exponential(Y, -t[0] / 2)).times(phase(t[2]));
      case SWAP -> ONE.kron(ONE).plus(X.kron(X)).plus(Y.kron(Y)).plus(Z.kron(Z)).times(0.5, 0);
      case RXX -> exponential(X.kron(X), -t[0] / 2);
      case RYY -> exponential(Y.kron(Y), -t[0] / 2);
      case RZZ -> exponential(Z.kron(Z), -t[0] / 2);
      case CANONICAL ->
          exponential(X.kron(X), t[0])
              .times(exponential(Y.kron(Y), t[1]))
              .times(exponential(Z.kron(Z), t[2]));
      case UNITARY1, UNITARY2 -> {
        int rows = operation.matrix().orElseThrow().size();
        ComplexMatrix m = ComplexMatrix.zero(rows, rows);
        for (int i = 0; i < rows * rows; i++) {
          m.re()[i] = operation.matrix().orElseThrow().re(i / rows, i % rows);
          m.im()[i] = operation.matrix().orElseThrow().im(i / rows, i % rows);
        }
        yield m;
      }
    };
  }

  private static ComplexMatrix phase(double t) {
    return ComplexMatrix.of(1, 0, 0, 0, 0, 0, Math.cos(t), Math.sin(t));
  }

  /** {@code exp(i s P)} for {@code P^2 = I}. */
  private static ComplexMatrix exponential(ComplexMatrix p, double s) {
    return ComplexMatrix.identity(p.rows()).times(Math.cos(s), 0).plus(p.times(0, Math.sin(s)));
  }

  /** A small matrix on some wires, as one of all wires. */
  private ComplexMatrix whole(ComplexMatrix small, List<Integer> on) {
    int rows = 1 << wires;
    ComplexMatrix m = ComplexMatrix.zero(rows, rows);
    int mask = index(on, (1 << on.size()) - 1);
    for (int x = 0; x < rows; x++) {
      for (int y = 0; y < rows; y++) {
        if ((x & ~mask) == (y & ~mask)) {
          int from = bits(on, x) * small.rows() + bits(on, y);
          m.re()[x * rows + y] = small.re()[from];
          m.im()[x * rows + y] = small.im()[from];
        }
      }
    }
    return m;
  }

  private int bits(List<Integer> on, int index) {
    int bits = 0;
    for (int wire : on) {
      bits = 2 * bits + (index >> (wires - 1 - wire) & 1);
    }
    return bits;
  }

  // Observables.

  private double[] values(
      Observable observable, ComplexMatrix rho, double probability, Inputs inputs) {
    List<Integer> on = observable.wires();
    if (observable instanceof Observable.PauliSum sum) {
      double value = 0;
      for (PauliTerm term : sum.terms()) {
        ComplexMatrix string = ComplexMatrix.identity(1 << wires);
        for (int i = 0; i < term.wires().size(); i++) {
          Pauli pauli = term.paulis().get(i);
          ComplexMatrix letter = pauli == Pauli.X ? X : pauli == Pauli.Y ? Y : Z;
          ReadoutError error = circuit.readoutErrors().get(term.wires().get(i));
          if (error != null) {
            // Outcomes 1 and -1 are exchanged with these probabilities.
            double up = 1 - 2 * error.oneForZero();
            double down = 2 * error.zeroForOne() - 1;
            letter =
                ONE.plus(letter)
                    .times(up / 2, 0)
                    .plus(ONE.plus(letter.times(-1, 0)).times(down / 2, 0));
          }
          string = string.times(whole(letter, List.of(term.wires().get(i))));
        }
        value += term.coefficient() * trace(string.times(rho));
      }
      return new double[] {value};
    }
    if (observable instanceof Observable.Hermitian h) {
      ComplexMatrix small = hermitian(inputs.hermitianEntries(), h.firstEntry(), h.dimension());
      return new double[] {trace(whole(small, on).times(rho))};
    }
    if (observable instanceof Observable.SuccessProbability) {
      return new double[] {probability};
    }
    ComplexMatrix reduced = reduced(rho, on);
    int rows = reduced.rows();
    if (observable instanceof Observable.Probabilities) {
      return misread(diagonal(reduced), on);
    }
    if (observable instanceof Observable.DensityMatrix) {
      return entries(reduced);
    }
    if (observable instanceof Observable.Purity) {
      return new double[] {trace(reduced.times(reduced))};
    }
    Observable.Fidelity fidelity = (Observable.Fidelity) observable;
    double[] phi = fidelity.state().stream().mapToDouble(Double::doubleValue).toArray();
    assert phi.length == 2 * rows;
    return new double[] {trace(projector(phi).times(reduced))};
  }

  private double[] misread(double[] probabilities, List<Integer> on) {
    double[] read = new double[probabilities.length];
    for (int is = 0; is < read.length; is++) {
      for (int shown = 0; shown < read.length; shown++) {
        double factor = 1;
        for (int i = 0; i < on.size(); i++) {
          int bit = on.size() - 1 - i;
          ReadoutError error =
              circuit.readoutErrors().getOrDefault(on.get(i), new ReadoutError(0, 0));
          double wrong = (is >> bit & 1) == 0 ? error.oneForZero() : error.zeroForOne();
          factor *= (is >> bit & 1) == (shown >> bit & 1) ? 1 - wrong : wrong;
        }
        read[shown] += factor * probabilities[is];
      }
    }
    return read;
  }

  private ComplexMatrix reduced(ComplexMatrix rho, List<Integer> on) {
    int rows = 1 << on.size();
    ComplexMatrix m = ComplexMatrix.zero(rows, rows);
    int mask = index(on, rows - 1);
    for (int x = 0; x < rho.rows(); x++) {
      for (int y = 0; y < rho.rows(); y++) {
        if ((x & ~mask) == (y & ~mask)) {
          int to = bits(on, x) * rows + bits(on, y);
          m.re()[to] += rho.re()[x * rho.rows() + y];
          m.im()[to] += rho.im()[x * rho.rows() + y];
        }
      }
    }
    return m;
  }

  private static double[] diagonal(ComplexMatrix m) {
    double[] diagonal = new double[m.rows()];
    for (int i = 0; i < diagonal.length; i++) {
      diagonal[i] = m.re()[i * m.rows() + i];
    }
    return diagonal;
  }

  private static double[] entries(ComplexMatrix m) {
    List<Double> all = new ArrayList<>();
    for (double d : diagonal(m)) {
      all.add(d);
    }
    for (double[] part : new double[][] {m.re(), m.im()}) {
      for (int i = 0; i < m.rows(); i++) {
        for (int j = i + 1; j < m.rows(); j++) {
          all.add(part[i * m.rows() + j]);
        }
      }
    }
    return all.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static ComplexMatrix hermitian(double[] entries, int first, int rows) {
    ComplexMatrix h = ComplexMatrix.zero(rows, rows);
    int next = first + rows;
    for (int i = 0; i < rows; i++) {
      h.re()[i * rows + i] = entries[first + i];
      for (int j = i + 1; j < rows; j++, next++) {
        h.re()[i * rows + j] = h.re()[j * rows + i] = entries[next];
        h.im()[i * rows + j] = entries[next + rows * (rows - 1) / 2];
        h.im()[j * rows + i] = -h.im()[i * rows + j];
      }
    }
    return h;
  }

  static double trace(ComplexMatrix m) {
    double sum = 0;
    for (int i = 0; i < m.rows(); i++) {
      sum += m.re()[i * m.rows() + i];
    }
    return sum;
  }
}
