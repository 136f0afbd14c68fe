package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.UnitaryMatrix;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;

/**
 * A textbook simulator: every gate and observable is a small matrix, applied to one basis state
 * after another; every derivative is carried forward through all gates on its own. Shares nothing
 * with the engine.
 */
final class NaiveSimulator {
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
    List<UnaryOperator<ComplexMatrix>> observables = observables(inputs);
    for (int b = 0; b < inputs.batch(); b++) {
      ComplexMatrix psi = state(inputs, b);
      for (int k = 0; k < observables.size(); k++) {
        outputs[b * circuit.outputs() + k] = psi.realInner(observables.get(k).apply(psi));
      }
      for (int k = observables.size(); k < circuit.outputs(); k++) {
        int amplitude = k - observables.size();
        double[] part = amplitude < psi.rows() ? psi.re() : psi.im();
        outputs[b * circuit.outputs() + k] = part[amplitude % psi.rows()];
      }
    }
    return outputs;
  }

  ComplexMatrix state(Inputs inputs, int sample) {
    ComplexMatrix psi = initial(inputs, sample);
    for (Operation operation : circuit.operations()) {
      psi = gate(operation, inputs, sample, -1).apply(psi);
    }
    return psi;
  }

  Gradients vjp(Inputs inputs, double[] cotangents) {
    int width = circuit.outputs();
    Gradients gradients =
        new Gradients(
            new double[inputs.features().length],
            new double[circuit.weights()],
            new double[inputs.sampleAngles().length],
            new double[circuit.hermitianEntries()]);
    List<UnaryOperator<ComplexMatrix>> observables = observables(inputs);
    List<Operation> operations = circuit.operations();
    for (int b = 0; b < inputs.batch(); b++) {
      List<UnaryOperator<ComplexMatrix>> gates = new ArrayList<>();
      List<ComplexMatrix> states = new ArrayList<>();
      states.add(initial(inputs, b));
      for (Operation operation : operations) {
        gates.add(gate(operation, inputs, b, -1));
        states.add(gates.get(gates.size() - 1).apply(states.get(states.size() - 1)));
      }
      ComplexMatrix psi = states.get(states.size() - 1);
      ComplexMatrix weighted = ComplexMatrix.zero(psi.rows(), 1);
      for (int k = 0; k < observables.size(); k++) {
        weighted = weighted.plus(observables.get(k).apply(psi).times(cotangents[b * width + k], 0));
      }
      for (int k = observables.size(); k < width; k++) {
        int amplitude = k - observables.size();
        double[] part = amplitude < psi.rows() ? weighted.re() : weighted.im();
        part[amplitude % psi.rows()] += 0.5 * cotangents[b * width + k];
      }
      for (int g = 0; g < operations.size(); g++) {
        List<Angle> angles = operations.get(g).angles();
        for (int a = 0; a < angles.size(); a++) {
          if (angles.get(a).source() == Angle.Source.CONSTANT) {
            continue;
          }
          ComplexMatrix change = gate(operations.get(g), inputs, b, a).apply(states.get(g));
          Angle angle = angles.get(a);
          double derivative = 2 * angle.scale() * weighted.realInner(carry(gates, g + 1, change));
          double first = read(angle.source(), angle.index(), inputs, b);
          add(gradients, angle.source(), angle.index(), b, derivative * second(angle, inputs, b));
          if (angle.factor().isPresent()) {
            Angle.Factor factor = angle.factor().get();
            add(gradients, factor.source(), factor.index(), b, derivative * first);
          }
        }
      }
      if (circuit.preparation().isPresent()) {
        AmplitudePreparation given = circuit.preparation().get();
        int features = given.complex() ? 2 * given.count() : given.count();
        for (int f = 0; f < features; f++) {
          ComplexMatrix change = initialDerivative(given, inputs, b, f);
          gradients.features()[b * circuit.features() + given.firstFeature() + f] +=
              2 * weighted.realInner(carry(gates, 0, change));
        }
      }
      hermitianGradient(cotangents, b, psi, gradients.hermitianEntries());
    }
    return gradients;
  }

  private void hermitianGradient(double[] cotangents, int b, ComplexMatrix psi, double[] gradient) {
    int output = 0;
    for (Observable observable : circuit.observables()) {
      if (observable instanceof Observable.Hermitian hermitian) {
        for (int e = 0; e < hermitian.entries(); e++) {
          double[] unit = new double[hermitian.entries()];
          unit[e] = 1;
          ComplexMatrix basis = hermitian(unit, 0, hermitian.dimension());
          gradient[hermitian.firstEntry() + e] +=
              cotangents[b * circuit.outputs() + output]
                  * psi.realInner(apply(basis, hermitian.wires(), List.of(), 0, psi));
        }
      }
      output += observable.outputs();
    }
  }

  private static ComplexMatrix carry(
      List<UnaryOperator<ComplexMatrix>> gates, int from, ComplexMatrix change) {
    ComplexMatrix carried = change;
    for (int g = from; g < gates.size(); g++) {
      carried = gates.get(g).apply(carried);
    }
    return carried;
  }

  private ComplexMatrix initial(Inputs inputs, int sample) {
    ComplexMatrix psi = ComplexMatrix.zero(1 << wires, 1);
    if (circuit.preparation().isEmpty()) {
      psi.re()[0] = 1;
      return psi;
    }
    AmplitudePreparation given = circuit.preparation().get();
    ComplexMatrix v = vector(given, inputs, sample);
    double norm = Math.sqrt(v.realInner(v));
    return place(given, v.times(1 / norm, 0));
  }

  private ComplexMatrix initialDerivative(
      AmplitudePreparation given, Inputs inputs, int sample, int feature) {
    ComplexMatrix v = vector(given, inputs, sample);
    double norm = Math.sqrt(v.realInner(v));
    ComplexMatrix unit = ComplexMatrix.zero(v.rows(), 1);
    double[] part = feature < given.count() ? unit.re() : unit.im();
    part[feature % given.count()] = 1;
    return place(
        given, unit.times(1 / norm, 0).plus(v.times(-v.realInner(unit) / (norm * norm * norm), 0)));
  }

  private ComplexMatrix vector(AmplitudePreparation given, Inputs inputs, int sample) {
    ComplexMatrix v = ComplexMatrix.zero(1 << given.wires().size(), 1);
    int start = sample * circuit.features() + given.firstFeature();
    for (int j = 0; j < v.rows(); j++) {
      v.re()[j] = j < given.count() ? inputs.features()[start + j] : given.padding();
      if (given.complex() && j < given.count()) {
        v.im()[j] = inputs.features()[start + given.count() + j];
      }
    }
    return v;
  }

  /** A vector on the prepared wires, times |0> on the others. */
  private ComplexMatrix place(AmplitudePreparation given, ComplexMatrix v) {
    ComplexMatrix psi = ComplexMatrix.zero(1 << wires, 1);
    int k = given.wires().size();
    for (int j = 0; j < v.rows(); j++) {
      int index = 0;
      for (int i = 0; i < k; i++) {
        if ((j >> (k - 1 - i) & 1) == 1) {
          index |= 1 << (wires - 1 - given.wires().get(i));
        }
      }
      psi.re()[index] = v.re()[j];
      psi.im()[index] = v.im()[j];
    }
    return psi;
  }

  /** A gate, or its derivative by one of its angles. */
  private UnaryOperator<ComplexMatrix> gate(
      Operation operation, Inputs inputs, int sample, int derivative) {
    double[] t = operation.angles().stream().mapToDouble(a -> angle(a, inputs, sample)).toArray();
    ComplexMatrix small = matrix(operation, t, derivative);
    // Where a control is 0 the gate is the identity, whose derivative is 0.
    double elsewhere = derivative >= 0 ? 0 : 1;
    return psi -> apply(small, operation.wires(), operation.controls(), elsewhere, psi);
  }

  /** A small matrix on some wires, and a factor where a control is 0. */
  private ComplexMatrix apply(
      ComplexMatrix small,
      List<Integer> on,
      List<Integer> controls,
      double elsewhere,
      ComplexMatrix psi) {
    ComplexMatrix result = ComplexMatrix.zero(psi.rows(), 1);
    for (int x = 0; x < psi.rows(); x++) {
      int index = x;
      if (controls.stream().anyMatch(c -> (index >> (wires - 1 - c) & 1) == 0)) {
        result.re()[x] = elsewhere * psi.re()[x];
        result.im()[x] = elsewhere * psi.im()[x];
        continue;
      }
      int row = 0;
      for (int wire : on) {
        row = 2 * row + (x >> (wires - 1 - wire) & 1);
      }
      for (int column = 0; column < small.rows(); column++) {
        int y = x;
        for (int i = 0; i < on.size(); i++) {
          int bit = wires - 1 - on.get(i);
          y = y & ~(1 << bit) | (column >> (on.size() - 1 - i) & 1) << bit;
        }
        double re = small.re()[row * small.rows() + column];
        double im = small.im()[row * small.rows() + column];
        result.re()[x] += re * psi.re()[y] - im * psi.im()[y];
        result.im()[x] += re * psi.im()[y] + im * psi.re()[y];
      }
    }
    return result;
  }

  private double angle(Angle angle, Inputs inputs, int sample) {
    double first = read(angle.source(), angle.index(), inputs, sample);
    return angle.scale() * first * second(angle, inputs, sample) + angle.offset();
  }

  private double second(Angle angle, Inputs inputs, int sample) {
    return angle
        .factor()
        .map(f -> read(f.source(), f.index(), inputs, sample) + f.offset())
        .orElse(1.0);
  }

  private double read(Angle.Source source, int index, Inputs inputs, int sample) {
    return switch (source) {
      case CONSTANT -> 0;
      case FEATURE -> inputs.features()[sample * circuit.features() + index];
      case WEIGHT -> inputs.weights()[index];
      case SAMPLE -> inputs.sampleAngles()[sample * circuit.sampleAngles() + index];
    };
  }

  private void add(Gradients into, Angle.Source source, int index, int sample, double value) {
    switch (source) {
      case CONSTANT -> {}
      case FEATURE -> into.features()[sample * circuit.features() + index] += value;
      case WEIGHT -> into.weights()[index] += value;
      case SAMPLE -> into.sampleAngles()[sample * circuit.sampleAngles() + index] += value;
    }
  }

  /** One per output; amplitudes, which come last if they are read, have none. */
  private List<UnaryOperator<ComplexMatrix>> observables(Inputs inputs) {
    List<UnaryOperator<ComplexMatrix>> all = new ArrayList<>();
    for (Observable observable : circuit.observables()) {
      if (observable instanceof Observable.PauliSum sum) {
        all.add(psi -> pauliSum(sum, psi));
      } else if (observable instanceof Observable.Hermitian h) {
        ComplexMatrix small = hermitian(inputs.hermitianEntries(), h.firstEntry(), h.dimension());
        all.add(psi -> apply(small, h.wires(), List.of(), 0, psi));
      } else if (observable instanceof Observable.Probabilities) {
        for (int k = 0; k < observable.outputs(); k++) {
          ComplexMatrix projector = ComplexMatrix.zero(observable.outputs(), observable.outputs());
          projector.re()[k * observable.outputs() + k] = 1;
          all.add(psi -> apply(projector, observable.wires(), List.of(), 0, psi));
        }
      }
    }
    return all;
  }

  private ComplexMatrix pauliSum(Observable.PauliSum sum, ComplexMatrix psi) {
    ComplexMatrix total = ComplexMatrix.zero(psi.rows(), 1);
    for (PauliTerm term : sum.terms()) {
      ComplexMatrix image = psi;
      for (int i = 0; i < term.wires().size(); i++) {
        Pauli pauli = term.paulis().get(i);
        ComplexMatrix letter = pauli == Pauli.X ? X : pauli == Pauli.Y ? Y : Z;
        image = apply(letter, List.of(term.wires().get(i)), List.of(), 0, image);
      }
      total = total.plus(image.times(term.coefficient(), 0));
    }
    return total;
  }

  private static ComplexMatrix hermitian(double[] entries, int first, int dim) {
    ComplexMatrix h = ComplexMatrix.zero(dim, dim);
    int next = first + dim;
    for (int i = 0; i < dim; i++) {
      h.re()[i * dim + i] = entries[first + i];
      for (int j = i + 1; j < dim; j++, next++) {
        h.re()[i * dim + j] = h.re()[j * dim + i] = entries[next];
        h.im()[i * dim + j] = entries[next + dim * (dim - 1) / 2];
        h.im()[j * dim + i] = -h.im()[i * dim + j];
      }
    }
    return h;
  }

  private static ComplexMatrix matrix(Operation operation, double[] t, int derivative) {
    double h = 1 / Math.sqrt(2);
    boolean d = derivative >= 0;
    return switch (operation.gate()) {
      case H -> ComplexMatrix.of(h, 0, h, 0, h, 0, -h, 0);
      case X -> X;
      case Y -> Y;
      case Z -> Z;
      case S -> ComplexMatrix.of(1, 0, 0, 0, 0, 0, 0, 1);
      case T -> ComplexMatrix.of(1, 0, 0, 0, 0, 0, Math.cos(Math.PI / 4), Math.sin(Math.PI / 4));
      case RX -> exponential(X, -t[0] / 2, d ? -0.5 : 0);
      case RY -> exponential(Y, -t[0] / 2, d ? -0.5 : 0);
      case RZ -> exponential(Z, -t[0] / 2, d ? -0.5 : 0);
      case PHASE ->
          d
              ? ComplexMatrix.of(0, 0, 0, 0, 0, 0, -Math.sin(t[0]), Math.cos(t[0]))
              : ComplexMatrix.of(1, 0, 0, 0, 0, 0, Math.cos(t[0]), Math.sin(t[0]));
      case U3 -> u3(t, derivative);
      case SWAP ->
          ComplexMatrix.of(
              1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
              0, 1, 0);
      case RXX -> exponential(X.kron(X), -t[0] / 2, d ? -0.5 : 0);
      case RYY -> exponential(Y.kron(Y), -t[0] / 2, d ? -0.5 : 0);
      case RZZ -> exponential(Z.kron(Z), -t[0] / 2, d ? -0.5 : 0);
      case CANONICAL ->
          exponential(X.kron(X), t[0], derivative == 0 ? 1 : 0)
              .times(exponential(Y.kron(Y), t[1], derivative == 1 ? 1 : 0))
              .times(exponential(Z.kron(Z), t[2], derivative == 2 ? 1 : 0));
      case UNITARY1, UNITARY2 -> {
        UnitaryMatrix u = operation.matrix().orElseThrow();
        ComplexMatrix m = ComplexMatrix.zero(u.size(), u.size());
        for (int i = 0; i < u.size(); i++) {
          for (int j = 0; j < u.size(); j++) {
            m.re()[i * u.size() + j] = u.re(i, j);
            m.im()[i * u.size() + j] = u.im(i, j);
          }
        }
        yield m;
      }
    };
  }

  /** {@code exp(i s P)} for {@code P^2 = I}, or, for a rate other than 0, its derivative by s. */
  private static ComplexMatrix exponential(ComplexMatrix p, double s, double rate) {
    ComplexMatrix identity = ComplexMatrix.identity(p.rows());
    return rate == 0
        ? identity.times(Math.cos(s), 0).plus(p.times(0, Math.sin(s)))
        : identity.times(-rate * Math.sin(s), 0).plus(p.times(0, rate * Math.cos(s)));
  }

  private static ComplexMatrix u3(double[] t, int derivative) {
    double c = Math.cos(t[0] / 2);
    double s = Math.sin(t[0] / 2);
    double cp = Math.cos(t[1]);
    double sp = Math.sin(t[1]);
    double cl = Math.cos(t[2]);
    double sl = Math.sin(t[2]);
    double cs = Math.cos(t[1] + t[2]);
    double ss = Math.sin(t[1] + t[2]);
    return switch (derivative) {
      case 0 ->
          ComplexMatrix.of(-s, 0, -cl * c, -sl * c, cp * c, sp * c, -cs * s, -ss * s).times(0.5, 0);
      case 1 -> ComplexMatrix.of(0, 0, 0, 0, -sp * s, cp * s, -ss * c, cs * c);
      case 2 -> ComplexMatrix.of(0, 0, sl * s, -cl * s, 0, 0, -ss * c, cs * c);
      default -> ComplexMatrix.of(c, 0, -cl * s, -sl * s, cp * s, sp * s, cs * c, ss * c);
    };
  }
}
