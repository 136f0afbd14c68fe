package org.ketloom.circuits;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.DensityPreparation;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.HaarPreparation;
import org.ketloom.api.circuit.Instruction;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.Preparation;

/** The words for angles, preparations and observables that all texts about circuits share. */
final class CircuitText {
  private static final int[] DENOMINATORS = {1, 2, 3, 4, 6, 8};

  private CircuitText() {}

  /**
   * Name of a number that is read: {@code x0} a feature, {@code w0} a weight, {@code s0} a sample.
   */
  static String source(Angle.Source source, int index) {
    return switch (source) {
      case CONSTANT -> "";
      case FEATURE -> "x" + index;
      case WEIGHT -> "w" + index;
      case SAMPLE -> "s" + index;
    };
  }

  /** What an angle reads: one name, or the product of two. */
  private static String read(Angle angle, String pi) {
    String first = source(angle.source(), angle.index());
    return angle.factor().map(f -> first + "*" + factor(f, pi)).orElse(first);
  }

  private static String factor(Angle.Factor factor, String pi) {
    String name = source(factor.source(), factor.index());
    return factor.offset() == 0
        ? name
        : "(" + name + (factor.offset() > 0 ? "+" : "") + rounded(factor.offset(), pi) + ")";
  }

  /** An angle for people, to four digits, simple fractions of pi as such. */
  static String rounded(Angle angle, String pi) {
    if (angle.source() == Angle.Source.CONSTANT) {
      return rounded(angle.offset(), pi);
    }
    String factor =
        angle.scale() == 1 ? "" : angle.scale() == -1 ? "-" : rounded(angle.scale(), pi) + "*";
    String offset = angle.offset() == 0 ? "" : rounded(angle.offset(), pi);
    return factor + read(angle, pi) + (angle.offset() > 0 ? "+" : "") + offset;
  }

  /** A strength for people, to four digits: no fractions of pi. */
  static String strength(Angle angle) {
    return rounded(angle, "");
  }

  private static String rounded(double value, String pi) {
    for (int denominator : pi.isEmpty() ? new int[0] : DENOMINATORS) {
      double multiple = value / Math.PI * denominator;
      long whole = Math.round(multiple);
      if (whole != 0 && Math.abs(whole) <= 16 && Math.abs(multiple - whole) < 1e-12) {
        String factor = whole == 1 ? "" : whole == -1 ? "-" : Long.toString(whole);
        return factor + pi + (denominator == 1 ? "" : "/" + denominator);
      }
    }
    String text = new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toString();
    return value == Math.rint(value) && Math.abs(value) < 1e4 ? Long.toString((long) value) : text;
  }

  /** A gate's name as drawings have it. */
  static String name(Operation operation) {
    return switch (operation.gate()) {
      case PHASE -> "P";
      case CANONICAL -> "CAN";
      case UNITARY1, UNITARY2 -> "U";
      default -> operation.gate().name();
    };
  }

  /** A channel's name as drawings have it; {@link CircuitDrawing} says what they mean. */
  static String name(Channel channel) {
    return switch (channel.kind()) {
      case DEPOLARIZING -> "DEP";
      case BIT_FLIP -> "BF";
      case PHASE_FLIP -> "PF";
      case BIT_PHASE_FLIP -> "BPF";
      case PAULI -> "PAULI";
      case AMPLITUDE_DAMPING -> "AD";
      case GENERALIZED_AMPLITUDE_DAMPING -> "GAD";
      case PHASE_DAMPING -> "PD";
      case THERMAL_RELAXATION -> "TR";
      case RESET_ERROR -> "RE";
      case RESET -> "|0>";
      case MEASURE -> "M";
      case POST_SELECT_0 -> "<0|";
      case POST_SELECT_1 -> "<1|";
      case KRAUS -> "K";
    };
  }

  /** Whether it acts on several wires, and not the same on each: their order has to be shown. */
  static boolean ordered(Instruction instruction) {
    return instruction instanceof Operation operation
        ? operation.gate() == Gate.UNITARY2
        : ((Channel) instruction).kind() == Channel.Kind.KRAUS && instruction.wires().size() > 1;
  }

  /** What the preparation does, in one line. */
  static String describe(Preparation start) {
    String wires = (start.wires().size() == 1 ? "wire " : "wires ") + wires(start.wires());
    String begins = start.wires().size() == 1 ? " starts in " : " start in ";
    if (start instanceof DensityPreparation p) {
      int last = p.firstFeature() + (1 << 2 * p.wires().size()) - 1;
      return wires
          + begins
          + "the density matrix of x"
          + p.firstFeature()
          + "..x"
          + last
          + ", divided by its trace";
    }
    if (start instanceof HaarPreparation p) {
      return wires + begins + "a random state per sample, seed " + p.seed();
    }
    if (start instanceof AmplitudePreparation p) {
      return describe(p);
    }
    return wires + begins + "the maximally mixed state";
  }

  private static String describe(AmplitudePreparation preparation) {
    int last =
        preparation.firstFeature() + preparation.count() * (preparation.complex() ? 2 : 1) - 1;
    return "wires "
        + wires(preparation.wires())
        + " start in the normalised vector of x"
        + preparation.firstFeature()
        + "..x"
        + last
        + (preparation.complex() ? ", real parts first" : "")
        + (preparation.count() < 1 << preparation.wires().size()
            ? ", padded with " + preparation.padding()
            : "");
  }

  /** One line per observable, with the outputs that it gives. */
  static List<String> observables(Circuit circuit) {
    List<String> lines = new ArrayList<>();
    int output = 0;
    for (Observable observable : circuit.observables()) {
      int last = output + observable.outputs() - 1;
      lines.add(
          (last == output ? "output " + output : "outputs " + output + ".." + last)
              + ": "
              + describe(observable));
      output = last + 1;
    }
    return lines;
  }

  /** One line per wire that is read with errors. */
  static List<String> readoutErrors(Circuit circuit) {
    return circuit.readoutErrors().entrySet().stream()
        .map(
            e ->
                "wire "
                    + e.getKey()
                    + " is read as 1 for 0 with probability "
                    + e.getValue().oneForZero()
                    + ", as 0 for 1 with "
                    + e.getValue().zeroForOne())
        .toList();
  }

  private static String describe(Observable observable) {
    if (observable instanceof Observable.PauliSum sum) {
      return "<"
          + sum.terms().stream().map(CircuitText::term).collect(Collectors.joining(" + "))
          + ">";
    }
    if (observable instanceof Observable.Hermitian hermitian) {
      return "<trainable "
          + hermitian.dimension()
          + "x"
          + hermitian.dimension()
          + " Hermitian on wires "
          + wires(hermitian.wires())
          + ">, entries "
          + hermitian.firstEntry()
          + ".."
          + (hermitian.firstEntry() + hermitian.entries() - 1);
    }
    if (observable instanceof Observable.Amplitudes) {
      return "amplitudes of wires " + wires(observable.wires()) + ": real, then imaginary parts";
    }
    if (observable instanceof Observable.DensityMatrix) {
      return "density matrix of wires "
          + wires(observable.wires())
          + ": diagonal, then real and imaginary parts of the upper triangle";
    }
    if (observable instanceof Observable.Purity) {
      return "purity of wires " + wires(observable.wires());
    }
    if (observable instanceof Observable.Fidelity) {
      return "fidelity of wires " + wires(observable.wires()) + " to a given state";
    }
    if (observable instanceof Observable.SuccessProbability) {
      return "probability that all post-selections succeed";
    }
    return "probabilities of the basis states of wires " + wires(observable.wires());
  }

  private static String term(PauliTerm term) {
    return term.coefficient() == 1 ? paulis(term) : term.coefficient() + " " + paulis(term);
  }

  /** A Pauli string without its coefficient, as {@code Z0 X1}; {@code I} for the identity. */
  static String paulis(PauliTerm term) {
    return term.wires().isEmpty()
        ? "I"
        : IntStream.range(0, term.wires().size())
            .mapToObj(i -> term.paulis().get(i).name() + term.wires().get(i))
            .collect(Collectors.joining(" "));
  }

  static String wires(List<Integer> wires) {
    return wires.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }
}
