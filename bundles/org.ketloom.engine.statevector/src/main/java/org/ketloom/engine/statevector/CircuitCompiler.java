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
  /** Circuits with more amplitudes than this don't gather their signs in a table. */
  private static final int MOST_SIGN_POSITIONS = 1 << 18;

  /** From as many strings of Z on, one transform is cheaper than a sum for each. */
  private static final int FEWEST_FOR_TRANSFORM = 4;

  private final Circuit circuit;
  private final Kernels kernels;
  private final Frame frame;
  private final int positions;
  private final AngleTable sharedAngles = new AngleTable();
  private final AngleTable sampleAngles = new AngleTable();
  private final List<Step> steps = new ArrayList<>();
  private final List<MatrixStep> sharedSteps = new ArrayList<>();
  private final List<List<Factor>> pending = new ArrayList<>();
  private BitSet signs = new BitSet();
  private int gatherSize;

  CircuitCompiler(Circuit circuit, Kernels kernels) {
    this.circuit = circuit;
    this.kernels = kernels;
    this.frame = new Frame(circuit.wires());
    this.positions = 1 << circuit.wires();
    for (int w = 0; w < circuit.wires(); w++) {
      pending.add(new ArrayList<>());
    }
  }

  /** What the compiler makes of a circuit. */
  record Plan(
      Circuit circuit,
      int positions,
      Preparation preparation,
      List<Step> steps,
      List<MatrixStep> sharedSteps,
      List<Readout> readouts,
      AngleTable sharedAngles,
      AngleTable sampleAngles,
      int gatherSize,
      int hermitianEntries) {}

  Plan compile() {
    int[] prepared =
        circuit.preparation().map(p -> scaled(frame.masks(p.wires()))).orElseGet(() -> new int[1]);
    Preparation preparation = new Preparation(circuit.preparation(), prepared, circuit.features());
    circuit.operations().forEach(this::add);
    for (int w = 0; w < circuit.wires(); w++) {
      flush(w);
    }
    flushSigns();
    List<Readout> readouts = readouts();
    int hermitianEntries =
        readouts.stream()
            .mapToInt(r -> r instanceof HermitianReadout h ? h.entries() : 0)
            .max()
            .orElse(0);
    return new Plan(
        circuit,
        positions,
        preparation,
        List.copyOf(steps),
        List.copyOf(sharedSteps),
        List.copyOf(readouts),
        sharedAngles,
        sampleAngles,
        gatherSize,
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
        addSigns(frame.plan(List.of(), all));
      } else if (gate.angles() > 0 && gate.wires() == 2) {
        addTwoQubitRotation(on, controls, operation);
      } else {
        append(on, controls, factors(operation));
      }
    }
  }

  /**
   * A rotation made of XX, YY and ZZ, which mixes 00 with 11 and 01 with 10 only, as two matrices
   * of two rows. On 00 and 11 these Pauli strings act as X, -X and 1, on 01 and 10 as X, X and -1.
   */
  private void addTwoQubitRotation(List<Integer> on, List<Integer> controls, Operation operation) {
    List<Angle> angles = operation.angles();
    int second = frame.column(on.get(1));
    int both = frame.column(on.get(0)) ^ second;
    for (int odd = 0; odd < 2; odd++) {
      int sign = odd == 0 ? -1 : 1;
      List<Factor> factors =
          switch (operation.gate()) {
            case RXX -> List.of(rotation(Pauli.X, angles.get(0)));
            case RYY -> List.of(rotation(Pauli.X, angles.get(0).times(sign)));
            case RZZ -> List.of(globalPhase(angles.get(0).times(sign * 0.5)));
            default ->
                List.of(
                    rotation(Pauli.X, angles.get(0).times(-2)),
                    rotation(Pauli.X, angles.get(1).times(-2 * sign)),
                    globalPhase(angles.get(2).times(-sign)));
          };
      append(frame.plan(on, controls, odd == 0 ? 0 : second), new int[] {0, both}, factors, on);
    }
  }

  private void flush(int wire) {
    List<Factor> run = pending.get(wire);
    if (!run.isEmpty()) {
      append(List.of(wire), List.of(), run);
      pending.set(wire, new ArrayList<>());
    }
  }

  private void append(List<Integer> targets, List<Integer> controls, List<Factor> factors) {
    append(frame.plan(targets, controls), frame.masks(targets), factors, targets);
  }

  private void append(IndexPlan plan, int[] unscaled, List<Factor> given, List<Integer> targets) {
    boolean perSample = given.stream().anyMatch(Factor::perSample);
    AngleTable angles = perSample ? sampleAngles : sharedAngles;
    List<Factor> factors = given.stream().map(f -> f.in(angles)).toList();
    if (!commuteWithSigns(targets)) {
      flushSigns();
    }
    int[] masks = scaled(unscaled);
    if (perSample) {
      steps.add(new MatrixStep(kernels, plan, masks, factors, -1, -1));
      return;
    }
    int gatherStart = -1;
    if (!MatrixStep.isConstant(factors)) {
      gatherStart = gatherSize;
      gatherSize += MatrixStep.gatherSize(masks.length);
    }
    MatrixStep step =
        new MatrixStep(kernels, plan, masks, factors, sharedSteps.size(), gatherStart);
    sharedSteps.add(step);
    steps.add(step);
  }

  private void addSigns(IndexPlan negatives) {
    if (positions > MOST_SIGN_POSITIONS) {
      steps.add(new SignStep(kernels, negatives));
      return;
    }
    for (int high : negatives.high()) {
      for (int low : negatives.low()) {
        signs.flip((high ^ low) / Kernels.STRIDE);
      }
    }
  }

  /** Whether the signs gathered so far don't change when the targets do. */
  private boolean commuteWithSigns(List<Integer> targets) {
    for (int target : targets) {
      int column = frame.column(target);
      for (int p = signs.nextSetBit(0); p >= 0; p = signs.nextSetBit(p + 1)) {
        if (!signs.get(p ^ column)) {
          return false;
        }
      }
    }
    return true;
  }

  private void flushSigns() {
    if (!signs.isEmpty()) {
      steps.add(new SignStep(kernels, IndexPlan.listed(signs.stream().toArray())));
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
      } else {
        readouts.add(
            new ProbabilityReadout(
                kernels,
                frame.plan(observable.wires(), List.of()),
                scaled(frame.masks(observable.wires())),
                output));
      }
      output += observable.outputs();
    }
    hermitians.forEach(
        (wires, places) ->
            readouts.add(
                new HermitianReadout(
                    kernels,
                    frame.plan(wires, List.of()),
                    scaled(frame.masks(wires)),
                    List.copyOf(places))));
    List<PauliString> diagonal = strings.stream().filter(PauliString::isDiagonal).toList();
    if (diagonal.size() >= FEWEST_FOR_TRANSFORM) {
      readouts.add(0, new DiagonalReadout(kernels, positions, diagonal));
      strings.removeAll(diagonal);
    }
    if (!strings.isEmpty()) {
      readouts.add(new PauliReadout(kernels, positions, List.copyOf(strings)));
    }
    return List.copyOf(readouts);
  }

  private static int[] scaled(int[] masks) {
    return Arrays.stream(masks).map(m -> m * Kernels.STRIDE).toArray();
  }

  private static List<Factor> factors(Operation operation) {
    List<Angle> angles = operation.angles();
    double h = Math.sqrt(0.5);
    return switch (operation.gate()) {
      case H -> List.of(Factor.constant(2, new double[] {h, 0, h, 0, h, 0, -h, 0}));
      case X -> List.of(Factor.constant(2, new double[] {0, 0, 1, 0, 1, 0, 0, 0}));
      case Y -> List.of(Factor.constant(2, new double[] {0, 0, 0, -1, 0, 1, 0, 0}));
      case Z -> List.of(diagonal(-1, 0));
      case S -> List.of(diagonal(0, 1));
      case T -> List.of(diagonal(h, h));
      case RX -> List.of(rotation(Pauli.X, angles.get(0)));
      case RY -> List.of(rotation(Pauli.Y, angles.get(0)));
      case RZ -> List.of(rotation(Pauli.Z, angles.get(0)));
      case PHASE -> List.of(phase(angles.get(0)));
      // U3(theta, phi, lambda) = PHASE(phi) RY(theta) PHASE(lambda)
      case U3 ->
          List.of(phase(angles.get(2)), rotation(Pauli.Y, angles.get(0)), phase(angles.get(1)));
      case SWAP ->
          List.of(
              Factor.constant(
                  4,
                  new double[] {
                    1, 0, 0, 0, 0, 0, 0, 0, //
                    0, 0, 0, 0, 1, 0, 0, 0, //
                    0, 0, 1, 0, 0, 0, 0, 0, //
                    0, 0, 0, 0, 0, 0, 1, 0
                  }));
      case RXX, RYY, RZZ, CANONICAL ->
          throw new IllegalStateException(operation.gate() + " isn't one matrix");
      case UNITARY1, UNITARY2 -> List.of(constant(operation.matrix().orElseThrow()));
    };
  }

  private static Factor diagonal(double re, double im) {
    return Factor.constant(2, new double[] {1, 0, 0, 0, 0, 0, re, im});
  }

  private static Factor constant(UnitaryMatrix unitary) {
    int dim = unitary.size();
    double[] matrix = new double[2 * dim * dim];
    for (int r = 0; r < dim; r++) {
      for (int c = 0; c < dim; c++) {
        matrix[2 * (r * dim + c)] = unitary.re(r, c);
        matrix[2 * (r * dim + c) + 1] = unitary.im(r, c);
      }
    }
    return Factor.constant(dim, matrix);
  }

  /** {@code exp(-i t P / 2)}. */
  private static Factor rotation(Pauli pauli, Angle angle) {
    int[] column = pauli == Pauli.Z ? new int[] {0, 1} : new int[] {1, 0};
    double[] re = pauli == Pauli.X ? new double[] {-1, -1} : new double[2];
    double[] im = new double[2];
    if (pauli == Pauli.Y) {
      im = new double[] {1, -1};
    } else if (pauli == Pauli.Z) {
      re = new double[] {-1, 1};
    }
    return new Factor(Factor.Kind.ROTATION, 2, null, column, re, im, angle, -1);
  }

  private static Factor phase(Angle angle) {
    return diagonalPhase(angle, 0, 1);
  }

  private static Factor globalPhase(Angle angle) {
    return diagonalPhase(angle, 1, 1);
  }

  private static Factor diagonalPhase(Angle angle, double first, double second) {
    return new Factor(
        Factor.Kind.PHASE,
        2,
        null,
        new int[] {0, 1},
        new double[] {first, second},
        new double[2],
        angle,
        -1);
  }
}
