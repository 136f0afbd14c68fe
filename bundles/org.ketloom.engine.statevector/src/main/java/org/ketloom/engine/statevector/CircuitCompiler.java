package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.UnitaryMatrix;

/**
 * Turns a circuit into steps: runs of one-qubit gates on a wire become one matrix, X, CNOT and SWAP
 * change the {@link Frame} alone, neighbouring controlled Z gates become one pass of signs.
 */
final class CircuitCompiler {
  /** Circuits of more wires than this don't gather their signs in a table. */
  private static final int MOST_SIGN_WIRES = 18;

  /** From as many strings of Z on, one transform is cheaper than a sum for each. */
  private static final int FEWEST_FOR_TRANSFORM = 4;

  private static final double[] PAULI_X = {0, 0, 1, 0, 1, 0, 0, 0};

  /** Factors on one set of pairs that no later step has come after. */
  private record Tail(Pairs pairs, List<Factor> factors) {}

  private final Circuit circuit;
  private final Kernels kernels;
  private final Frame frame;
  private final Layout layout;
  private final AngleTable sharedAngles = new AngleTable();
  private final AngleTable sampleAngles = new AngleTable();
  private final List<Step> steps = new ArrayList<>();
  private final List<SpinStep> sharedSteps = new ArrayList<>();
  private final List<List<Factor>> pending = new ArrayList<>();
  private BitSet signs = new BitSet();
  private Tail tail;

  CircuitCompiler(Circuit circuit, Kernels kernels, Layout layout) {
    this.circuit = circuit;
    this.kernels = kernels;
    this.frame = new Frame(circuit.wires());
    this.layout = layout;
    for (int w = 0; w < circuit.wires(); w++) {
      pending.add(new ArrayList<>());
    }
  }

  /** What the compiler makes of a circuit. */
  record Plan(
      Circuit circuit,
      Kernels kernels,
      Layout layout,
      Preparation preparation,
      List<Step> steps,
      List<SpinStep> sharedSteps,
      List<Readout> readouts,
      AngleTable sharedAngles,
      AngleTable sampleAngles,
      int hermitianEntries) {}

  Plan compile() {
    int[] prepared =
        circuit.preparation().map(p -> scaled(frame.masks(p.wires()))).orElseGet(() -> new int[1]);
    Preparation preparation =
        new Preparation(circuit.preparation(), prepared, circuit.features(), layout.samples());
    circuit.operations().forEach(this::add);
    for (int w = 0; w < circuit.wires(); w++) {
      flush(w);
    }
    emitTail();
    flushSigns();
    List<Readout> readouts = readouts();
    int hermitianEntries =
        readouts.stream()
            .mapToInt(r -> r instanceof HermitianReadout h ? h.entries() : 0)
            .max()
            .orElse(0);
    return new Plan(
        circuit,
        kernels,
        layout,
        preparation,
        List.copyOf(steps),
        List.copyOf(sharedSteps),
        List.copyOf(readouts),
        sharedAngles,
        sampleAngles,
        hermitianEntries);
  }

  private void add(Operation operation) {
    Gate gate = operation.gate();
    List<Integer> on = operation.wires();
    List<Integer> controls = operation.controls();
    boolean free = controls.isEmpty();
    if (gate == Gate.X && free && pending.get(on.get(0)).isEmpty()) {
      frame.flip(on.get(0));
    } else if (gate.wires() == 1 && free) {
      pending.get(on.get(0)).addAll(factors(operation));
    } else if (gate == Gate.X && controls.size() == 1) {
      flush(on.get(0));
      flush(controls.get(0));
      frame.controlledFlip(controls.get(0), on.get(0));
    } else if (gate == Gate.SWAP && free) {
      List<Factor> first = pending.get(on.get(0));
      pending.set(on.get(0), pending.get(on.get(1)));
      pending.set(on.get(1), first);
      frame.swap(on.get(0), on.get(1));
    } else {
      on.forEach(this::flush);
      controls.forEach(this::flush);
      if (gate == Gate.Z) {
        List<Integer> all = new ArrayList<>(controls);
        all.addAll(on);
        addSigns(all);
      } else if (gate == Gate.UNITARY2) {
        emitTail();
        int[] masks = frame.masks(on);
        emit(
            ConstantStep.of(
                kernels,
                frame.plan(on, controls, layout::at),
                scaled(masks),
                layout.samples(),
                entries(operation.matrix().orElseThrow())),
            masks);
      } else if (gate.wires() == 2) {
        addTwoQubitRotation(on, controls, operation);
      } else {
        List<Factor> factors = factors(operation);
        append(pairs(on.get(0), controls), factors);
      }
    }
  }

  /**
   * A SWAP, or a rotation made of XX, YY and ZZ, which mixes 00 with 11 and 01 with 10 only, as
   * matrices of two rows. On 00 and 11 these Pauli strings act as X, -X and 1, on 01 and 10 as X, X
   * and -1.
   */
  private void addTwoQubitRotation(List<Integer> on, List<Integer> controls, Operation operation) {
    List<Angle> angles = operation.angles();
    int first = frame.row(on.get(0));
    int both = frame.column(on.get(0)) ^ frame.column(on.get(1));
    for (int odd = 0; odd < 2; odd++) {
      int sign = odd == 0 ? -1 : 1;
      List<Factor> factors =
          switch (operation.gate()) {
            case SWAP -> odd == 0 ? List.of() : List.of(Factor.constant(PAULI_X));
            case RXX -> List.of(Factor.rotation(Pauli.X, angles.get(0)));
            case RYY -> List.of(Factor.rotation(Pauli.X, angles.get(0).times(sign)));
            case RZZ -> List.of(Factor.global(sign, angles.get(0).times(0.5)));
            default ->
                List.of(
                    Factor.rotation(Pauli.X, angles.get(0).times(-2)),
                    Factor.rotation(Pauli.X, angles.get(1).times(-2 * sign)),
                    Factor.global(-sign, angles.get(2)));
          };
      if (!factors.isEmpty()) {
        List<Pairs.Parity> conditions = conditions(controls);
        conditions.add(frame.parity(first ^ frame.row(on.get(1)), odd));
        append(new Pairs(both, frame.parity(first, 0), conditions), factors);
      }
    }
  }

  private void flush(int wire) {
    List<Factor> run = pending.get(wire);
    if (!run.isEmpty()) {
      append(pairs(wire, List.of()), run);
      pending.set(wire, new ArrayList<>());
    }
  }

  /** Where a wire is 0 or 1 and all controls are 1. */
  private Pairs pairs(int wire, List<Integer> controls) {
    return new Pairs(frame.column(wire), frame.parity(frame.row(wire), 0), conditions(controls));
  }

  private List<Pairs.Parity> conditions(List<Integer> controls) {
    List<Pairs.Parity> conditions = new ArrayList<>();
    controls.forEach(c -> conditions.add(frame.parity(frame.row(c), 1)));
    return conditions;
  }

  /** Factors on the same pairs as the last ones join them. */
  private void append(Pairs pairs, List<Factor> factors) {
    if (tail != null && tail.pairs.equals(pairs)) {
      tail.factors.addAll(factors);
      return;
    }
    emitTail();
    tail = new Tail(pairs, new ArrayList<>(factors));
  }

  private void emitTail() {
    if (tail == null) {
      return;
    }
    Tail last = tail;
    tail = null;
    int mask = last.pairs.mask();
    List<PairSet> sets = last.pairs.sets(layout);
    if (sets.size() == 1
        && sets.get(0).roles() == null
        && sets.get(0).maskLane() == 0
        && last.factors.stream().allMatch(f -> f.kind() == Factor.Kind.CONSTANT)) {
      double[] matrix = new double[SpinStep.MATRIX];
      new Spin(last.factors).product(kernels, new double[0], new double[Spin.SIZE], matrix);
      double[] entries = new double[8];
      for (int i = 0; i < entries.length; i++) {
        entries[i] = matrix[i * Kernels.LANES];
      }
      int[] masks = {0, sets.get(0).mask()};
      emit(ConstantStep.of(kernels, sets.get(0).plan(), masks, Kernels.LANES, entries), mask);
      return;
    }
    boolean perSample = last.factors.stream().anyMatch(Factor::perSample);
    AngleTable table = perSample ? sampleAngles : sharedAngles;
    List<Factor> joined = new ArrayList<>();
    for (Factor factor : last.factors) {
      int before = joined.size() - 1;
      if (before >= 0 && joined.get(before).joins(factor)) {
        joined.set(before, joined.get(before).join(factor));
      } else {
        joined.add(factor);
      }
    }
    SpinStep step =
        new SpinStep(
            kernels,
            sets,
            new Spin(joined.stream().map(f -> f.in(table)).toList()),
            joined.size(),
            perSample ? -1 : sharedSteps.size());
    if (!perSample) {
      sharedSteps.add(step);
    }
    emit(step, mask);
  }

  private void emit(Step step, int... masks) {
    if (!commuteWithSigns(masks)) {
      flushSigns();
    }
    steps.add(step);
  }

  private void addSigns(List<Integer> wires) {
    emitTail();
    if (circuit.wires() > MOST_SIGN_WIRES) {
      steps.add(new SignStep(kernels, frame.plan(List.of(), wires, layout::at), layout.samples()));
      return;
    }
    IndexPlan negatives = frame.plan(List.of(), wires, p -> p);
    for (int high : negatives.high()) {
      for (int low : negatives.low()) {
        signs.flip(high ^ low);
      }
    }
  }

  /** Whether the signs gathered so far are the same at positions that differ by the masks. */
  private boolean commuteWithSigns(int... masks) {
    for (int mask : masks) {
      for (int p = signs.nextSetBit(0); p >= 0; p = signs.nextSetBit(p + 1)) {
        if (!signs.get(p ^ mask)) {
          return false;
        }
      }
    }
    return true;
  }

  private void flushSigns() {
    if (!signs.isEmpty()) {
      IndexPlan places = IndexPlan.listed(signs.stream().map(layout::at).toArray());
      steps.add(new SignStep(kernels, places, layout.samples()));
      signs = new BitSet();
    }
  }

  private List<Readout> readouts() {
    List<PauliString> strings = new ArrayList<>();
    Map<List<Integer>, List<HermitianReadout.Place>> hermitians = new LinkedHashMap<>();
    List<Readout> readouts = new ArrayList<>();
    int output = 0;
    for (Observable observable : circuit.observables()) {
      if (observable instanceof Observable.PauliSum sum) {
        for (PauliTerm term : sum.terms()) {
          strings.add(PauliString.of(term, frame, output));
        }
      } else if (observable instanceof Observable.Hermitian hermitian) {
        hermitians
            .computeIfAbsent(hermitian.wires(), w -> new ArrayList<>())
            .add(new HermitianReadout.Place(output, hermitian.firstEntry()));
      } else if (observable instanceof Observable.Amplitudes) {
        int start = frame.plan(observable.wires(), List.of(), p -> p).high()[0];
        int[] places = frame.masks(observable.wires());
        Arrays.setAll(places, x -> layout.at(places[x] ^ start));
        readouts.add(new AmplitudeReadout(places, layout.samples(), output));
      } else {
        readouts.add(
            new ProbabilityReadout(
                kernels,
                frame.plan(observable.wires(), List.of(), layout::at),
                scaled(frame.masks(observable.wires())),
                layout.samples(),
                output));
      }
      output += observable.outputs();
    }
    hermitians.forEach(
        (wires, places) ->
            readouts.add(
                new HermitianReadout(
                    kernels,
                    frame.plan(wires, List.of(), layout::at),
                    scaled(frame.masks(wires)),
                    layout.samples(),
                    List.copyOf(places))));
    List<PauliString> diagonal = strings.stream().filter(PauliString::isDiagonal).toList();
    if (diagonal.size() >= FEWEST_FOR_TRANSFORM) {
      readouts.add(0, new DiagonalReadout(kernels, layout, diagonal));
      strings.removeAll(diagonal);
    }
    if (!strings.isEmpty()) {
      readouts.add(new PauliReadout(kernels, layout, List.copyOf(strings)));
    }
    return List.copyOf(readouts);
  }

  private int[] scaled(int[] masks) {
    return Arrays.stream(masks).map(layout::at).toArray();
  }

  private static List<Factor> factors(Operation operation) {
    List<Angle> angles = operation.angles();
    double h = Math.sqrt(0.5);
    return switch (operation.gate()) {
      case H -> List.of(Factor.constant(h, 0, h, 0, h, 0, -h, 0));
      case X -> List.of(Factor.constant(PAULI_X));
      case Y -> List.of(Factor.constant(0, 0, 0, -1, 0, 1, 0, 0));
      case Z -> List.of(Factor.constant(1, 0, 0, 0, 0, 0, -1, 0));
      case S -> List.of(Factor.constant(1, 0, 0, 0, 0, 0, 0, 1));
      case T -> List.of(Factor.constant(1, 0, 0, 0, 0, 0, h, h));
      case RX -> List.of(Factor.rotation(Pauli.X, angles.get(0)));
      case RY -> List.of(Factor.rotation(Pauli.Y, angles.get(0)));
      case RZ -> List.of(Factor.rotation(Pauli.Z, angles.get(0)));
      case PHASE -> phase(angles.get(0));
      // U3(theta, phi, lambda) = PHASE(phi) RY(theta) PHASE(lambda)
      case U3 -> {
        List<Factor> all = new ArrayList<>(phase(angles.get(2)));
        all.add(Factor.rotation(Pauli.Y, angles.get(0)));
        all.addAll(phase(angles.get(1)));
        yield all;
      }
      case UNITARY1 -> List.of(Factor.constant(entries(operation.matrix().orElseThrow())));
      case SWAP, RXX, RYY, RZZ, CANONICAL, UNITARY2 ->
          throw new IllegalArgumentException(operation + " isn't a matrix of two rows");
    };
  }

  /** {@code diag(1, exp(i t))}: a turn about Z, and a phase that counts under a control. */
  private static List<Factor> phase(Angle angle) {
    return List.of(Factor.rotation(Pauli.Z, angle), Factor.global(1, angle.times(0.5)));
  }

  private static double[] entries(UnitaryMatrix unitary) {
    int dim = unitary.size();
    double[] entries = new double[2 * dim * dim];
    for (int r = 0; r < dim; r++) {
      for (int c = 0; c < dim; c++) {
        entries[2 * (r * dim + c)] = unitary.re(r, c);
        entries[2 * (r * dim + c) + 1] = unitary.im(r, c);
      }
    }
    return entries;
  }
}
