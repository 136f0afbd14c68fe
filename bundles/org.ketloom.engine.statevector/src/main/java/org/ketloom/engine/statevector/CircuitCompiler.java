package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.UnitaryMatrix;

/**
 * Turns a circuit into steps: gates that no observable depends on are dropped, the first gates of
 * all wires make a product state, runs of one-qubit gates on a wire become one matrix, X, CNOT and
 * SWAP change the {@link BasisMap} alone, neighbouring controlled Z gates become one pass of signs,
 * and steps of large states are grouped by parts of the state that stay in the cache.
 */
final class CircuitCompiler {
  /** From as many strings of Z on, one transform is cheaper than a sum for each. */
  private static final int FEWEST_FOR_TRANSFORM = 4;

  /** Vectors of a part: with lambda's, about half of the cache of a core. */
  private static final int MAX_PART_BITS = 10;

  /** Vectors that lie side by side in a part, as bits. */
  private static final int NEIGHBOUR_BITS = 3;

  /** Masks that a part is to hold besides. */
  private static final int MIN_MASKS = 4;

  /** Bits that choose one of a large state's slices, which threads work on. */
  static final int SLICE_BITS = 4;

  private static final double[] PAULI_X = {0, 0, 1, 0, 1, 0, 0, 0};

  /** Factors on one set of pairs that no later step has come after. */
  private record Tail(Pairs pairs, List<Factor> factors) {}

  /** A step before it is known which others it is grouped with. */
  private record Draft(int[] masks, Function<Cosets, Step> maker, String gates) {}

  private final Circuit circuit;
  private final Arithmetic arithmetic;
  private final BasisMap basisMap;
  private final Layout layout;
  private final List<Operation> operations;
  private final AngleTable sharedAngles = new AngleTable();
  private final AngleTable sampleAngles = new AngleTable();
  private final List<Draft> drafts = new ArrayList<>();
  private final List<FusedGate> sharedGates = new ArrayList<>();
  private final List<FusedGate> sampleGates = new ArrayList<>();
  private final List<List<Factor>> pending = new ArrayList<>();
  private final List<List<Factor>> first = new ArrayList<>();

  /** Wires that are still in a state of their own. */
  private final BitSet fresh = new BitSet();

  private BitSet signs = new BitSet();
  private @Nullable Tail tail;
  private int tile;
  private final List<String> signGates = new ArrayList<>();
  private final List<String> moved = new ArrayList<>();

  CircuitCompiler(Circuit circuit, Arithmetic arithmetic, Layout layout) {
    this(circuit, arithmetic, layout, false);
  }

  /**
   * Makes it.
   *
   * @param whole whether all gates are kept, also those that no observable depends on, and all that
   *     have angles are steps
   */
  CircuitCompiler(Circuit circuit, Arithmetic arithmetic, Layout layout, boolean whole) {
    this.circuit = circuit;
    this.arithmetic = arithmetic;
    this.basisMap = new BasisMap(circuit.wires());
    this.layout = layout;
    this.operations = whole ? circuit.operations() : LightCone.of(circuit);
    for (int w = 0; w < circuit.wires(); w++) {
      pending.add(new ArrayList<>());
      first.add(List.of());
    }
    if (circuit.preparation().isEmpty() && !whole) {
      fresh.set(0, circuit.wires());
    }
  }

  /**
   * Steps that run one after another on a part of the block before the next part.
   *
   * @param gates what each step stands for
   */
  record Group(List<Step> steps, List<String> gates, int parts) {
    Group {
      steps = List.copyOf(steps);
    }
  }

  /** What the circuit counts up each time that it is asked. */
  record Sizes(int features, int weights, int sampleAngles, int hermitianEntries, int outputs) {}

  /** Sizes of what a workspace needs. */
  record Room(int density, int diagonal, int tile) {}

  /** What the compiler makes of a circuit. */
  record Plan(
      Circuit circuit,
      Sizes sizes,
      String firstGates,
      List<String> moved,
      int dropped,
      Arithmetic arithmetic,
      Layout layout,
      Start start,
      List<Group> groups,
      List<FusedGate> sharedGates,
      List<FusedGate> sampleGates,
      List<Readout> readouts,
      AngleTable sharedAngles,
      AngleTable sampleAngles,
      Room room) {}

  Plan compile() {
    int[] prepared =
        circuit
            .preparation()
            .map(p -> places(basisMap.masks(p.wires())))
            .orElseGet(() -> new int[1]);
    operations.forEach(this::add);
    for (int w = 0; w < circuit.wires(); w++) {
      flush(w);
    }
    emitTail();
    flushSigns();
    Start start =
        first.stream().allMatch(List::isEmpty)
            ? new Preparation(
                arithmetic.storage(),
                circuit.preparation(),
                prepared,
                circuit.features(),
                layout.samples(),
                layout.vectors() * Kernels.STRIDE)
            : new ProductStart(
                arithmetic, layout, first.stream().map(f -> f.isEmpty() ? null : gate(f)).toList());
    List<Group> groups = groups();
    List<Readout> readouts = readouts();
    int density =
        readouts.stream()
            .mapToInt(
                r ->
                    r instanceof HermitianReadout h
                        ? h.entries() * Kernels.LANES
                        : r instanceof ProbabilityReadout p ? p.size() : 0)
            .max()
            .orElse(0);
    int diagonal =
        readouts.stream().mapToInt(r -> r instanceof DiagonalReadout d ? d.chunkSize() : 0).sum();
    return new Plan(
        circuit,
        new Sizes(
            circuit.features(),
            circuit.weights(),
            circuit.sampleAngles(),
            circuit.hermitianEntries(),
            circuit.outputs()),
        first.stream()
            .filter(f -> !f.isEmpty())
            .map(f -> names(f))
            .collect(Collectors.joining(" ")),
        List.copyOf(moved),
        circuit.operations().size() - operations.size(),
        arithmetic,
        layout,
        start,
        groups,
        List.copyOf(sharedGates),
        List.copyOf(sampleGates),
        readouts,
        sharedAngles,
        sampleAngles,
        new Room(density, diagonal, tile));
  }

  /** Number of vectors, as bits. */
  private int bits() {
    return layout.wires() - layout.laneBits();
  }

  /** Bits of a part: all where lanes are samples, so that steps are kept in one part. */
  private int partBits() {
    return layout.laneBits() == 0
        ? bits()
        : Math.min(MAX_PART_BITS, Math.max(0, bits() - SLICE_BITS));
  }

  private List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    List<Draft> together = new ArrayList<>();
    List<Integer> basis = neighbours();
    for (Draft draft : drafts) {
      List<Integer> larger = with(basis, draft.masks);
      if (!together.isEmpty() && larger.size() > partBits()) {
        groups.add(group(basis, together));
        together.clear();
        larger = with(neighbours(), draft.masks);
      }
      together.add(draft);
      basis = larger;
    }
    if (!together.isEmpty()) {
      groups.add(group(basis, together));
    }
    return List.copyOf(groups);
  }

  private List<Integer> with(List<Integer> basis, int[] masks) {
    List<Integer> larger = new ArrayList<>(basis);
    for (int mask : masks) {
      Cosets.insert(larger, layout.high(mask));
    }
    return larger;
  }

  /** Neighbouring vectors are kept in one part: two threads that write side by side are slow. */
  private List<Integer> neighbours() {
    int bits = Math.max(0, Math.min(NEIGHBOUR_BITS, partBits() - MIN_MASKS));
    return IntStream.range(0, bits).mapToObj(b -> 1 << b).toList();
  }

  private Group group(List<Integer> basis, List<Draft> together) {
    Cosets cosets = Cosets.of(bits(), basis.stream().mapToInt(m -> m).toArray(), partBits());
    return new Group(
        together.stream().map(d -> d.maker.apply(cosets)).toList(),
        together.stream().map(Draft::gates).toList(),
        cosets.parts());
  }

  private void add(Operation operation) {
    Gate gate = operation.gate();
    List<Integer> on = operation.wires();
    List<Integer> controls = operation.controls();
    boolean free = controls.isEmpty();
    if (gate == Gate.X && free && !fresh.get(on.get(0)) && pending.get(on.get(0)).isEmpty()) {
      basisMap.flip(on.get(0));
      moved.add(name(operation));
    } else if (gate.wires() == 1 && free) {
      pending.get(on.get(0)).addAll(named(factors(operation), operation));
    } else if (gate == Gate.X && controls.size() == 1) {
      flush(on.get(0));
      flush(controls.get(0));
      basisMap.controlledFlip(controls.get(0), on.get(0));
      moved.add(name(operation));
    } else if (gate == Gate.SWAP && free) {
      exchange(on.get(0), on.get(1));
      moved.add(name(operation));
    } else {
      on.forEach(this::flush);
      controls.forEach(this::flush);
      if (gate == Gate.Z) {
        List<Integer> all = new ArrayList<>(controls);
        all.addAll(on);
        addSigns(all);
        signGates.add(name(operation));
      } else if (gate == Gate.UNITARY2) {
        addUnitary(on, controls, operation);
      } else if (gate.wires() == 2) {
        addTwoQubitRotation(on, controls, operation);
      } else {
        append(pairs(on.get(0), controls), named(factors(operation), operation));
      }
    }
  }

  private void exchange(int a, int b) {
    boolean bothFresh = fresh.get(a) && fresh.get(b);
    if (!bothFresh) {
      for (int wire : new int[] {a, b}) {
        if (fresh.get(wire)) {
          flush(wire);
        }
      }
      basisMap.swap(a, b);
    }
    List<Factor> run = pending.get(a);
    pending.set(a, pending.get(b));
    pending.set(b, run);
  }

  private void addUnitary(List<Integer> on, List<Integer> controls, Operation operation) {
    UnitaryMatrix unitary = operation.matrix().orElseThrow();
    emitTail();
    int[] masks = basisMap.masks(on);
    List<Parity> equations = basisMap.equations(on, controls);
    emit(
        name(operation),
        cosets -> {
          Groups groups = Groups.of(arithmetic, layout, cosets, equations, masks);
          tile = Math.max(tile, groups.tileSize());
          return new UnitaryStep(arithmetic, groups, entries(unitary));
        },
        masks);
  }

  /**
   * A SWAP, or a rotation made of XX, YY and ZZ, which mixes 00 with 11 and 01 with 10 only, as
   * matrices of two rows. On 00 and 11 these Pauli strings act as X, -X and 1, on 01 and 10 as X, X
   * and -1.
   */
  private void addTwoQubitRotation(List<Integer> on, List<Integer> controls, Operation operation) {
    List<Angle> angles = operation.angles();
    int first = basisMap.row(on.get(0));
    int both = basisMap.column(on.get(0)) ^ basisMap.column(on.get(1));
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
        List<Parity> conditions = conditions(controls);
        conditions.add(basisMap.parity(first ^ basisMap.row(on.get(1)), odd));
        append(new Pairs(both, basisMap.parity(first, 0), conditions), named(factors, operation));
      }
    }
  }

  private void flush(int wire) {
    List<Factor> run = pending.get(wire);
    pending.set(wire, new ArrayList<>());
    if (fresh.get(wire)) {
      fresh.clear(wire);
      first.set(wire, run);
    } else if (!run.isEmpty()) {
      append(pairs(wire, List.of()), run);
    }
  }

  /** Where a wire is 0 or 1 and all controls are 1. */
  private Pairs pairs(int wire, List<Integer> controls) {
    return new Pairs(
        basisMap.column(wire), basisMap.parity(basisMap.row(wire), 0), conditions(controls));
  }

  private List<Parity> conditions(List<Integer> controls) {
    List<Parity> conditions = new ArrayList<>();
    controls.forEach(c -> conditions.add(basisMap.parity(basisMap.row(c), 1)));
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
    if (last.factors.stream().allMatch(f -> f.kind() == Factor.Kind.CONSTANT)) {
      double[] matrix = new double[FusedGateStep.MATRIX];
      new Su2Product(last.factors)
          .product(arithmetic.su2(), new double[0], new double[Su2Product.SIZE], matrix);
      emit(
          names(last.factors),
          cosets -> ConstantStep.of(arithmetic, last.pairs.sets(layout, cosets), matrix),
          last.pairs.mask());
    } else {
      FusedGate gate = gate(last.factors);
      emit(
          names(last.factors),
          cosets -> new FusedGateStep(arithmetic, last.pairs.sets(layout, cosets), gate),
          last.pairs.mask());
    }
  }

  private static List<Factor> named(List<Factor> factors, Operation operation) {
    return factors.stream().map(f -> f.from(name(operation))).toList();
  }

  private static String names(List<Factor> factors) {
    return factors.stream().map(Factor::gates).distinct().collect(Collectors.joining(" "));
  }

  /** Such as {@code CNOT(0,1)}, controls first. */
  private static String name(Operation operation) {
    return Stream.concat(operation.controls().stream(), operation.wires().stream())
        .map(String::valueOf)
        .collect(Collectors.joining(",", operation.name() + "(", ")"));
  }

  private FusedGate gate(List<Factor> factors) {
    boolean perSample = factors.stream().anyMatch(Factor::perSample);
    AngleTable table = perSample ? sampleAngles : sharedAngles;
    List<Factor> joined = new ArrayList<>();
    for (Factor factor : factors) {
      int before = joined.size() - 1;
      if (before >= 0 && joined.get(before).joins(factor)) {
        joined.set(before, joined.get(before).join(factor));
      } else {
        joined.add(factor);
      }
    }
    List<FusedGate> like = perSample ? sampleGates : sharedGates;
    like.add(
        new FusedGate(
            new Su2Product(joined.stream().map(f -> f.in(table)).toList()),
            perSample,
            like.size()));
    return like.get(like.size() - 1);
  }

  private void emit(String gates, Function<Cosets, Step> maker, int... masks) {
    if (!commuteWithSigns(masks)) {
      flushSigns();
    }
    drafts.add(new Draft(masks, maker, gates));
  }

  private void addSigns(List<Integer> wires) {
    emitTail();
    IndexPlan negatives =
        Cosets.of(layout.wires(), new int[0], layout.wires())
            .plan(basisMap.equations(List.of(), wires), p -> p);
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
    if (signs.isEmpty()) {
      return;
    }
    byte[] lanes = new byte[layout.vectors()];
    for (int p = signs.nextSetBit(0); p >= 0; p = signs.nextSetBit(p + 1)) {
      lanes[layout.high(p)] |= (byte) (layout.laneBits() == 0 ? 0xff : 1 << layout.lane(p));
    }
    signs = new BitSet();
    String gates = String.join(" ", signGates);
    drafts.add(
        new Draft(
            new int[0],
            cosets ->
                new SignStep(
                    arithmetic.kernels(), cosets.plan(List.of(), p -> p * Kernels.STRIDE), lanes),
            gates));
    signGates.clear();
  }

  private List<Readout> readouts() {
    List<PauliString> strings = new ArrayList<>();
    Map<List<Integer>, List<HermitianReadout.Place>> hermitians = new LinkedHashMap<>();
    List<Readout> readouts = new ArrayList<>();
    int output = 0;
    for (Observable observable : circuit.observables()) {
      if (observable instanceof Observable.PauliSum sum) {
        for (PauliTerm term : sum.terms()) {
          strings.add(PauliString.of(term, basisMap, output));
        }
      } else if (observable instanceof Observable.Hermitian hermitian) {
        hermitians
            .computeIfAbsent(hermitian.wires(), w -> new ArrayList<>())
            .add(new HermitianReadout.Place(output, hermitian.firstEntry()));
      } else if (observable instanceof Observable.Amplitudes) {
        // Of all wires there is one group: its first amplitude is that of the basis state 0.
        Groups groups = groupsOf(observable.wires());
        int start = groups.bases().high()[0] ^ groups.bases().low()[0];
        int[] places = Arrays.stream(groups.masks()).map(m -> start ^ m).toArray();
        readouts.add(new AmplitudeReadout(arithmetic.storage(), places, layout.samples(), output));
      } else {
        readouts.add(new ProbabilityReadout(arithmetic, groupsOf(observable.wires()), output));
      }
      output += observable.outputs();
    }
    hermitians.forEach(
        (wires, places) -> readouts.add(new HermitianReadout(arithmetic, groupsOf(wires), places)));
    List<PauliString> diagonal = strings.stream().filter(PauliString::isDiagonal).toList();
    if (diagonal.size() >= FEWEST_FOR_TRANSFORM) {
      readouts.add(0, new DiagonalReadout(arithmetic, layout, diagonal));
      strings.removeAll(diagonal);
    }
    if (!strings.isEmpty()) {
      readouts.add(new PauliReadout(arithmetic, layout, List.copyOf(strings)));
    }
    return List.copyOf(readouts);
  }

  private Groups groupsOf(List<Integer> wires) {
    int[] masks = basisMap.masks(wires);
    int[] vectorMasks = Arrays.stream(masks).map(layout::high).toArray();
    int dimension = layout.laneBits() == 0 ? bits() : Math.max(0, bits() - SLICE_BITS);
    Cosets cosets = Cosets.of(bits(), vectorMasks, dimension);
    Groups groups =
        Groups.of(arithmetic, layout, cosets, basisMap.equations(wires, List.of()), masks);
    tile = Math.max(tile, groups.tileSize());
    return groups;
  }

  private int[] places(int[] masks) {
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
