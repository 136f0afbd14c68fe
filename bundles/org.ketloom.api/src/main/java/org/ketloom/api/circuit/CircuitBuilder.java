package org.ketloom.api.circuit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Builds a {@link Circuit} gate by gate. Every call is checked at once; an error names the gate by
 * its number, name and wires.
 *
 * <p>{@link #on} and {@link #controlledBy} give views that write into the same circuit: a part that
 * is handed a view needn't know that it works on some of the wires, or under a control.
 *
 * <p>On an interrupted thread every call that adds to the circuit throws {@link
 * CancellationException}: so a part that never comes to an end can be stopped.
 *
 * <p>Not safe for use by several threads.
 */
public final class CircuitBuilder {

  /** What all views of one circuit share. */
  private static final class Draft {
    final int wires;
    int features;
    int weights;
    int sampleAngles;
    int hermitianEntries;
    final List<Angles> blocks = new ArrayList<>();
    Optional<AmplitudePreparation> preparation = Optional.empty();
    final List<Operation> operations = new ArrayList<>();
    final List<Observable> observables = new ArrayList<>();

    Draft(int wires) {
      this.wires = wires;
    }
  }

  private final Draft draft;
  private final int[] wires;
  private final List<Integer> controls;

  CircuitBuilder(int wires) {
    if (wires < 1) {
      throw new IllegalArgumentException(
          "a circuit needs at least 1 wire (qubit), found " + wires + "; ask for 1 or more");
    }
    this.draft = new Draft(wires);
    this.wires = IntStream.range(0, wires).toArray();
    this.controls = List.of();
  }

  private CircuitBuilder(Draft draft, int[] wires, List<Integer> controls) {
    this.draft = draft;
    this.wires = wires;
    this.controls = controls;
  }

  /** Number of wires that can be addressed here: those of the circuit, or of the view. */
  public int wires() {
    return wires.length;
  }

  /**
   * A view of some wires: its wire i is this builder's {@code wires[i]}.
   *
   * @throws IllegalArgumentException if a wire is unknown or named twice
   */
  public CircuitBuilder on(int... chosen) {
    return new CircuitBuilder(draft, resolve("view", chosen), controls);
  }

  /**
   * A view in which every gate acts only where the given wires are all 1. The view has the same
   * wires; gates on the control wires themselves are refused.
   *
   * @throws IllegalArgumentException if a wire is unknown or named twice
   */
  public CircuitBuilder controlledBy(int... control) {
    List<Integer> all = new ArrayList<>(controls);
    for (int wire : resolve(nextGate() + ", control", control)) {
      all.add(wire);
    }
    return new CircuitBuilder(draft, wires, List.copyOf(all));
  }

  /** Declares the next {@code count} input features. */
  public Angles features(int count) {
    Angles block = declare(Angle.Source.FEATURE, draft.features, count);
    draft.features += block.size();
    return block;
  }

  /** Declares the next trainable weights, shared by the batch, in a shape. */
  public Angles weights(int... shape) {
    Angles block = declare(Angle.Source.WEIGHT, draft.weights, shape);
    draft.weights += block.size();
    return block;
  }

  /** Declares the next angles that are given per sample, in a shape. */
  public Angles sampleAngles(int... shape) {
    Angles block = declare(Angle.Source.SAMPLE, draft.sampleAngles, shape);
    draft.sampleAngles += block.size();
    return block;
  }

  /**
   * Prepares this builder's wires from features as amplitudes; see {@link AmplitudePreparation}.
   *
   * @param features the block that holds the amplitudes; for a complex vector its first half are
   *     the real parts and its second half the imaginary parts
   * @param complex whether the vector is complex
   * @param padding value of the amplitudes that are not given
   * @throws IllegalArgumentException if there are more amplitudes than basis states, if the block
   *     is not made of features, or if gates or another preparation came before
   */
  public CircuitBuilder prepareAmplitudes(Angles features, boolean complex, double padding) {
    if (features.source() != Angle.Source.FEATURE) {
      throw new IllegalArgumentException(
          "amplitudes are prepared from input features, not from "
              + features.source().name().toLowerCase(java.util.Locale.ROOT)
              + " angles");
    }
    declared("amplitude preparation", features.first() + features.size() - 1, draft.features);
    if (!draft.operations.isEmpty() || draft.preparation.isPresent() || !controls.isEmpty()) {
      throw new IllegalArgumentException(
          "amplitudes can be prepared once, before the first gate, and not under a control");
    }
    int count = complex ? features.size() / 2 : features.size();
    if (count < 1 || (complex && features.size() % 2 != 0)) {
      throw new IllegalArgumentException(
          features.size() + " features give no " + (complex ? "complex " : "") + "amplitudes");
    }
    if (wires.length < 31 && count > 1 << wires.length) {
      throw new IllegalArgumentException(
          count
              + " amplitudes don't fit into the "
              + (1 << wires.length)
              + " basis states of "
              + wires.length
              + " wires; give at most as many, or more wires");
    }
    if (!Double.isFinite(padding)) {
      throw new IllegalArgumentException("amplitude padding " + padding + " must be finite");
    }
    draft.preparation =
        Optional.of(
            new AmplitudePreparation(
                Arrays.stream(wires).boxed().toList(), features.first(), count, complex, padding));
    return this;
  }

  /** Appends {@link Gate#H}. */
  public CircuitBuilder h(int wire) {
    return gate(Gate.H, new int[] {wire});
  }

  /** Appends {@link Gate#X}. */
  public CircuitBuilder x(int wire) {
    return gate(Gate.X, new int[] {wire});
  }

  /** Appends {@link Gate#Y}. */
  public CircuitBuilder y(int wire) {
    return gate(Gate.Y, new int[] {wire});
  }

  /** Appends {@link Gate#Z}. */
  public CircuitBuilder z(int wire) {
    return gate(Gate.Z, new int[] {wire});
  }

  /** Appends {@link Gate#S}. */
  public CircuitBuilder s(int wire) {
    return gate(Gate.S, new int[] {wire});
  }

  /** Appends {@link Gate#T}. */
  public CircuitBuilder t(int wire) {
    return gate(Gate.T, new int[] {wire});
  }

  /** Appends {@link Gate#RX}. */
  public CircuitBuilder rx(int wire, Angle angle) {
    return gate(Gate.RX, new int[] {wire}, angle);
  }

  /** Appends {@link Gate#RY}. */
  public CircuitBuilder ry(int wire, Angle angle) {
    return gate(Gate.RY, new int[] {wire}, angle);
  }

  /** Appends {@link Gate#RZ}. */
  public CircuitBuilder rz(int wire, Angle angle) {
    return gate(Gate.RZ, new int[] {wire}, angle);
  }

  /** Appends {@link Gate#PHASE}. */
  public CircuitBuilder phase(int wire, Angle angle) {
    return gate(Gate.PHASE, new int[] {wire}, angle);
  }

  /** Appends {@link Gate#U3}. */
  public CircuitBuilder u3(int wire, Angle theta, Angle phi, Angle lambda) {
    return gate(Gate.U3, new int[] {wire}, theta, phi, lambda);
  }

  /** Appends {@link Gate#SWAP}. */
  public CircuitBuilder swap(int first, int second) {
    return gate(Gate.SWAP, new int[] {first, second});
  }

  /** Appends {@link Gate#RXX}. */
  public CircuitBuilder rxx(int first, int second, Angle angle) {
    return gate(Gate.RXX, new int[] {first, second}, angle);
  }

  /** Appends {@link Gate#RYY}. */
  public CircuitBuilder ryy(int first, int second, Angle angle) {
    return gate(Gate.RYY, new int[] {first, second}, angle);
  }

  /** Appends {@link Gate#RZZ}. */
  public CircuitBuilder rzz(int first, int second, Angle angle) {
    return gate(Gate.RZZ, new int[] {first, second}, angle);
  }

  /** Appends a controlled {@link Gate#X}. */
  public CircuitBuilder cnot(int control, int target) {
    controlledBy(control).gate(Gate.X, new int[] {target});
    return this;
  }

  /** Appends a controlled {@link Gate#Z}. */
  public CircuitBuilder cz(int control, int target) {
    controlledBy(control).gate(Gate.Z, new int[] {target});
    return this;
  }

  /** Appends {@link Gate#CANONICAL}, {@code exp(i (a XX + b YY + c ZZ))}. */
  public CircuitBuilder canonical(int first, int second, Angle a, Angle b, Angle c) {
    return gate(Gate.CANONICAL, new int[] {first, second}, a, b, c);
  }

  /**
   * Appends a gate.
   *
   * @param gate any gate but the constant unitaries
   * @param on its wires, most significant first
   * @param angles its angles
   * @throws IllegalArgumentException if the numbers of wires or angles don't fit the gate, a wire
   *     is unknown, repeated or also a control, or an angle reads what was not declared
   */
  public CircuitBuilder gate(Gate gate, int[] on, Angle... angles) {
    if (gate.isUnitary()) {
      throw new IllegalArgumentException(gate + " needs a matrix: call unitary()");
    }
    return append(gate, on, List.of(angles), Optional.empty());
  }

  /**
   * Appends a constant one- or two-qubit unitary.
   *
   * @throws IllegalArgumentException if the matrix doesn't fit the number of wires
   */
  public CircuitBuilder unitary(UnitaryMatrix matrix, int... on) {
    Gate gate = matrix.size() == 2 ? Gate.UNITARY1 : Gate.UNITARY2;
    return append(gate, on, List.of(), Optional.of(matrix));
  }

  /** Reads the expectation value of a sum of Pauli strings. */
  public CircuitBuilder expect(PauliTerm... terms) {
    if (terms.length == 0) {
      throw new IllegalArgumentException(nextObservable() + " has no Pauli term");
    }
    List<PauliTerm> resolved =
        Stream.of(terms)
            .map(
                t ->
                    new PauliTerm(
                        t.coefficient(),
                        boxed(resolve(nextObservable(), unboxed(t.wires()))),
                        t.paulis()))
            .toList();
    observe(new Observable.PauliSum(resolved));
    return this;
  }

  /**
   * Reads the expectation value of a trainable Hermitian on some wires, and declares its entries.
   *
   * @throws IllegalArgumentException for no wire, or more than {@link
   *     Observable.Hermitian#MAX_WIRES}
   */
  public CircuitBuilder expectHermitian(int... on) {
    if (on.length < 1 || on.length > Observable.Hermitian.MAX_WIRES) {
      throw new IllegalArgumentException(
          nextObservable()
              + ": a trainable Hermitian takes 1 to "
              + Observable.Hermitian.MAX_WIRES
              + " wires (4^k entries), found "
              + on.length);
    }
    Observable.Hermitian hermitian =
        new Observable.Hermitian(boxed(resolve(nextObservable(), on)), draft.hermitianEntries);
    int entries = Math.addExact(draft.hermitianEntries, hermitian.entries());
    observe(hermitian);
    draft.hermitianEntries = entries;
    return this;
  }

  /**
   * Reads the probabilities of the basis states of some wires.
   *
   * @throws IllegalArgumentException for no wire, or more than {@link
   *     Observable.Probabilities#MAX_WIRES}
   */
  public CircuitBuilder probabilities(int... on) {
    if (on.length < 1 || on.length > Observable.Probabilities.MAX_WIRES) {
      throw new IllegalArgumentException(
          nextObservable()
              + ": probabilities take 1 to "
              + Observable.Probabilities.MAX_WIRES
              + " wires, found "
              + on.length);
    }
    observe(new Observable.Probabilities(boxed(resolve(nextObservable(), on))));
    return this;
  }

  /**
   * Reads the amplitudes of the final state; see {@link Observable.Amplitudes}.
   *
   * @throws IllegalArgumentException if this is a view of some wires only, or of more than {@link
   *     Observable.Amplitudes#MAX_WIRES}
   */
  public CircuitBuilder amplitudes() {
    if (wires.length != draft.wires || wires.length > Observable.Amplitudes.MAX_WIRES) {
      throw new IllegalArgumentException(
          nextObservable()
              + ": amplitudes are read of all wires, at most "
              + Observable.Amplitudes.MAX_WIRES
              + "; found "
              + wires.length
              + " of "
              + draft.wires);
    }
    observe(new Observable.Amplitudes(boxed(wires)));
    return this;
  }

  /** The circuit as it stands; the builder may go on afterwards. */
  public Circuit build() {
    if (draft.wires != wires.length || !controls.isEmpty()) {
      throw new IllegalStateException("build() is called on the circuit's builder, not on a view");
    }
    return new Circuit(
        draft.wires,
        draft.features,
        draft.hermitianEntries,
        draft.blocks,
        draft.preparation,
        draft.operations,
        draft.observables);
  }

  private CircuitBuilder append(
      Gate gate, int[] on, List<Angle> angles, Optional<UnitaryMatrix> matrix) {
    String where =
        nextGate()
            + " ("
            + gate
            + " on "
            + Arrays.toString(on)
            + (controls.isEmpty() ? "" : " controlled by " + controls)
            + ")";
    if (on.length != gate.wires()) {
      throw new IllegalArgumentException(
          where + " acts on " + gate.wires() + " wires, found " + on.length);
    }
    if (angles.size() != gate.angles()) {
      throw new IllegalArgumentException(
          where + " takes " + gate.angles() + " angles, found " + angles.size());
    }
    int[] resolved = resolve(where, on);
    for (int wire : resolved) {
      if (controls.contains(wire)) {
        throw new IllegalArgumentException(where + ": wire " + wire + " is also a control");
      }
    }
    if (new HashSet<>(controls).size() != controls.size()) {
      throw new IllegalArgumentException(where + ": a control wire is repeated in " + controls);
    }
    for (Angle angle : angles) {
      switch (angle.source()) {
        case FEATURE -> declared(where + ": feature", angle.index(), draft.features);
        case WEIGHT -> declared(where + ": weight", angle.index(), draft.weights);
        case SAMPLE -> declared(where + ": sample angle", angle.index(), draft.sampleAngles);
        case CONSTANT -> {}
      }
    }
    requireRunning(where);
    draft.operations.add(new Operation(gate, boxed(resolved), controls, angles, matrix));
    return this;
  }

  private void observe(Observable observable) {
    requireRunning(nextObservable());
    draft.observables.add(observable);
  }

  private static void requireRunning(String next) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException(
          "the circuit was given up at " + next + ": the thread that builds it is interrupted");
    }
  }

  private Angles declare(Angle.Source source, int first, int... shape) {
    requireRunning("block of angles " + draft.blocks.size());
    Angles block = new Angles(source, first, boxed(shape));
    draft.blocks.add(block);
    return block;
  }

  private static void declared(String what, int index, int count) {
    if (index >= count) {
      throw new IllegalArgumentException(
          what + " " + index + " was not declared; the circuit declares " + count);
    }
  }

  private String nextGate() {
    return "gate " + draft.operations.size();
  }

  private String nextObservable() {
    return "observable " + draft.observables.size();
  }

  private int[] resolve(String what, int[] chosen) {
    Set<Integer> seen = new HashSet<>();
    int[] resolved = new int[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      if (chosen[i] < 0 || chosen[i] >= wires.length) {
        throw new IllegalArgumentException(
            what
                + ": there is no wire "
                + chosen[i]
                + "; the wires are 0 to "
                + (wires.length - 1));
      }
      if (!seen.add(chosen[i])) {
        throw new IllegalArgumentException(what + ": wire " + chosen[i] + " is named twice");
      }
      resolved[i] = wires[chosen[i]];
    }
    return resolved;
  }

  private static List<Integer> boxed(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static int[] unboxed(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
