package org.ketloom.api.circuit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    Optional<Preparation> start = Optional.empty();
    final List<Instruction> instructions = new ArrayList<>();
    final Map<Integer, ReadoutError> readoutErrors = new HashMap<>();
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

  /** A circuit with given inputs and start, and nothing else. */
  CircuitBuilder(int wires, int features, List<Angles> blocks, Optional<Preparation> start) {
    this(wires);
    draft.features = features;
    draft.blocks.addAll(blocks);
    for (Angles block : blocks) {
      draft.weights += block.source() == Angle.Source.WEIGHT ? block.size() : 0;
      draft.sampleAngles += block.source() == Angle.Source.SAMPLE ? block.size() : 0;
    }
    draft.start = start;
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
    requireStart("amplitudes");
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
    draft.start =
        Optional.of(
            new AmplitudePreparation(boxed(wires), features.first(), count, complex, padding));
    return this;
  }

  /**
   * Prepares this builder's wires in a density matrix per sample; see {@link DensityPreparation}.
   *
   * @param features the block that holds the {@code 4^k} entries
   * @throws IllegalArgumentException if the number of features is another, if the block is not made
   *     of features, or if gates or another preparation came before
   */
  public CircuitBuilder prepareDensityMatrix(Angles features) {
    if (features.source() != Angle.Source.FEATURE) {
      throw new IllegalArgumentException("a density matrix is prepared from input features");
    }
    declared("density matrix", features.first() + features.size() - 1, draft.features);
    requireStart("a density matrix");
    if (wires.length > DensityPreparation.MAX_WIRES || features.size() != 1 << 2 * wires.length) {
      throw new IllegalArgumentException(
          "a density matrix is prepared on 1 to "
              + DensityPreparation.MAX_WIRES
              + " wires from 4^k features; found "
              + features.size()
              + " features for "
              + wires.length
              + " wires");
    }
    draft.start = Optional.of(new DensityPreparation(boxed(wires), features.first()));
    return this;
  }

  /** Prepares this builder's wires in the maximally mixed state. */
  public CircuitBuilder prepareMixed() {
    requireStart("a mixed state");
    draft.start = Optional.of(new MixedPreparation(boxed(wires)));
    return this;
  }

  /** Prepares this builder's wires in a random state per sample; see {@link HaarPreparation}. */
  public CircuitBuilder prepareHaarRandom(long seed) {
    requireStart("a random state");
    if (wires.length > HaarPreparation.MAX_WIRES) {
      throw new IllegalArgumentException(
          "a random state is prepared on at most "
              + HaarPreparation.MAX_WIRES
              + " wires, found "
              + wires.length);
    }
    draft.start = Optional.of(new HaarPreparation(boxed(wires), seed));
    return this;
  }

  private void requireStart(String what) {
    if (!draft.instructions.isEmpty() || draft.start.isPresent() || !controls.isEmpty()) {
      throw new IllegalArgumentException(
          what + " can be prepared once, before the first gate, and not under a control");
    }
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

  /** Appends an instruction of another circuit with as many inputs, on this builder's wires. */
  public CircuitBuilder append(Instruction instruction) {
    int[] on = unboxed(instruction.wires());
    if (instruction instanceof Operation operation) {
      CircuitBuilder view =
          operation.controls().isEmpty() ? this : controlledBy(unboxed(operation.controls()));
      view.append(operation.gate(), on, operation.angles(), operation.matrix());
    } else if (instruction instanceof Channel channel) {
      channel(channel.kind(), on, channel.strengths(), channel.bounded(), channel.kraus());
    }
    return this;
  }

  /**
   * Appends a channel.
   *
   * @param kind any but {@link Channel.Kind#KRAUS}
   * @param on its wires: one, or any number for {@link Channel.Kind#DEPOLARIZING}
   * @param strengths in their ranges; constants are checked here, others when they are run
   * @throws IllegalArgumentException if the numbers of wires or strengths don't fit the channel, a
   *     wire is unknown or repeated, a strength reads what was not declared or is a product, or a
   *     constant strength is out of its range
   */
  public CircuitBuilder channel(Channel.Kind kind, int[] on, Angle... strengths) {
    return channel(kind, on, List.of(strengths), false, Optional.empty());
  }

  /** Appends a channel of any numbers, which are mapped into the range; see {@link Channel}. */
  public CircuitBuilder boundedChannel(Channel.Kind kind, int[] on, Angle... strengths) {
    return channel(kind, on, List.of(strengths), true, Optional.empty());
  }

  /** Appends {@link Channel.Kind#DEPOLARIZING} on one wire, or on some together. */
  public CircuitBuilder depolarizing(Angle strength, int... on) {
    return channel(Channel.Kind.DEPOLARIZING, on, strength);
  }

  /** Appends {@link Channel.Kind#AMPLITUDE_DAMPING}. */
  public CircuitBuilder amplitudeDamping(int wire, Angle strength) {
    return channel(Channel.Kind.AMPLITUDE_DAMPING, new int[] {wire}, strength);
  }

  /** Appends {@link Channel.Kind#PHASE_DAMPING}. */
  public CircuitBuilder phaseDamping(int wire, Angle strength) {
    return channel(Channel.Kind.PHASE_DAMPING, new int[] {wire}, strength);
  }

  /** Appends {@link Channel.Kind#RESET}. */
  public CircuitBuilder reset(int wire) {
    return channel(Channel.Kind.RESET, new int[] {wire});
  }

  /** Appends {@link Channel.Kind#MEASURE}. */
  public CircuitBuilder measure(int wire) {
    return channel(Channel.Kind.MEASURE, new int[] {wire});
  }

  /**
   * Appends a post-selection.
   *
   * @param outcome 0 or 1
   */
  public CircuitBuilder postSelect(int wire, int outcome) {
    if (outcome != 0 && outcome != 1) {
      throw new IllegalArgumentException(
          nextGate() + ": the outcome of a post-selection is 0 or 1, found " + outcome);
    }
    return channel(
        outcome == 0 ? Channel.Kind.POST_SELECT_0 : Channel.Kind.POST_SELECT_1, new int[] {wire});
  }

  /** Appends a constant set of Kraus operators on one or two wires. */
  public CircuitBuilder kraus(KrausSet kraus, int... on) {
    return channel(Channel.Kind.KRAUS, on, List.of(), false, Optional.of(kraus));
  }

  private CircuitBuilder channel(
      Channel.Kind kind,
      int[] on,
      List<Angle> strengths,
      boolean bounded,
      Optional<KrausSet> kraus) {
    String where = nextGate() + " (" + kind.symbol() + " on " + Arrays.toString(on) + ")";
    if (!controls.isEmpty()) {
      throw new IllegalArgumentException(
          where + ": a channel has no controls, found the controls " + controls);
    }
    if ((kind == Channel.Kind.KRAUS) != kraus.isPresent()) {
      throw new IllegalArgumentException(where + ": call kraus() for a set of Kraus operators");
    }
    boolean fits =
        kraus.isPresent()
            ? on.length == kraus.get().wires()
            : on.length == 1 || (kind == Channel.Kind.DEPOLARIZING && on.length > 0);
    if (!fits) {
      throw new IllegalArgumentException(
          where
              + " acts on "
              + (kind == Channel.Kind.DEPOLARIZING
                  ? "at least 1 wire"
                  : kraus.map(k -> k.wires() + " wires").orElse("1 wire"))
              + ", found "
              + on.length);
    }
    if (strengths.size() != kind.strengths()) {
      throw new IllegalArgumentException(
          where + " takes " + kind.strengths() + " strengths, found " + strengths.size());
    }
    if (bounded && (kind == Channel.Kind.THERMAL_RELAXATION || strengths.isEmpty())) {
      throw new IllegalArgumentException(where + " has no strengths between 0 and 1 to map to");
    }
    for (Angle strength : strengths) {
      if (strength.factor().isPresent()) {
        throw new IllegalArgumentException(
            where + ": a strength reads one number, found the product " + strength);
      }
    }
    int[] resolved = resolve(where, on);
    requireDeclared(where, strengths);
    Channel channel = new Channel(kind, boxed(resolved), strengths, bounded, kraus);
    if (strengths.stream().allMatch(s -> s.source() == Angle.Source.CONSTANT)) {
      try {
        channel.strengths(strengths.stream().mapToDouble(Angle::offset).toArray());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(nextGate() + ": " + e.getMessage(), e);
      }
    }
    requireRunning(where);
    draft.instructions.add(channel);
    return this;
  }

  /** Sets the errors with which a wire is read at the end. */
  public CircuitBuilder readoutError(int wire, ReadoutError error) {
    draft.readoutErrors.put(resolve("readout error", new int[] {wire})[0], error);
    return this;
  }

  void readoutErrors(Map<Integer, ReadoutError> errors) {
    draft.readoutErrors.putAll(errors);
  }

  void append(Observable observable) {
    observe(observable);
    if (observable instanceof Observable.Hermitian hermitian) {
      draft.hermitianEntries =
          Math.max(draft.hermitianEntries, hermitian.firstEntry() + hermitian.entries());
    }
  }

  /**
   * Reads the density matrix of some wires.
   *
   * @throws IllegalArgumentException for no wire, or more than {@link
   *     Observable.DensityMatrix#MAX_WIRES}
   */
  public CircuitBuilder densityMatrix(int... on) {
    requireWires("a density matrix", on, Observable.DensityMatrix.MAX_WIRES);
    observe(new Observable.DensityMatrix(boxed(resolve(nextObservable(), on))));
    return this;
  }

  /** Reads the purity of some wires' density matrix. */
  public CircuitBuilder purity(int... on) {
    requireWires("a purity", on, wires.length);
    observe(new Observable.Purity(boxed(resolve(nextObservable(), on))));
    return this;
  }

  /**
   * Reads the fidelity of some wires' density matrix to a pure state.
   *
   * @param state {@code 2^k} real parts, then the imaginary parts; normalised
   */
  public CircuitBuilder fidelity(double[] state, int... on) {
    requireWires("a fidelity", on, Observable.Fidelity.MAX_WIRES);
    observe(
        new Observable.Fidelity(
            boxed(resolve(nextObservable(), on)), Arrays.stream(state).boxed().toList()));
    return this;
  }

  /** Reads the probability that all post-selections succeed. */
  public CircuitBuilder successProbability() {
    observe(new Observable.SuccessProbability());
    return this;
  }

  private void requireWires(String what, int[] on, int max) {
    if (on.length < 1 || on.length > max) {
      throw new IllegalArgumentException(
          nextObservable() + ": " + what + " takes 1 to " + max + " wires, found " + on.length);
    }
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
              + ": amplitudes are read from all wires, at most "
              + Observable.Amplitudes.MAX_WIRES
              + "; found "
              + wires.length
              + " of "
              + draft.wires);
    }
    observe(new Observable.Amplitudes(boxed(wires)));
    return this;
  }

  /** The circuit as it stands; the builder can be used afterwards. */
  public Circuit build() {
    if (draft.wires != wires.length || !controls.isEmpty()) {
      throw new IllegalStateException("build() is called on the circuit's builder, not on a view");
    }
    return new Circuit(
        draft.wires,
        draft.features,
        draft.hermitianEntries,
        draft.blocks,
        draft.start,
        draft.instructions,
        draft.readoutErrors,
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
    requireDeclared(where, angles);
    requireRunning(where);
    draft.instructions.add(new Operation(gate, boxed(resolved), controls, angles, matrix));
    return this;
  }

  private void requireDeclared(String where, List<Angle> angles) {
    for (Angle angle : angles) {
      requireDeclared(where, angle.source(), angle.index());
      angle.factor().ifPresent(f -> requireDeclared(where, f.source(), f.index()));
    }
  }

  private void requireDeclared(String where, Angle.Source source, int index) {
    switch (source) {
      case FEATURE -> declared(where + ": feature", index, draft.features);
      case WEIGHT -> declared(where + ": weight", index, draft.weights);
      case SAMPLE -> declared(where + ": sample angle", index, draft.sampleAngles);
      case CONSTANT -> {}
    }
  }

  private void observe(Observable observable) {
    requireRunning(nextObservable());
    draft.observables.add(observable);
  }

  private static void requireRunning(String next) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException(
          "building the circuit was abandoned at "
              + next
              + ": the thread that builds it is interrupted");
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
    return "gate " + draft.instructions.size();
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
