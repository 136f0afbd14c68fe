package org.ketloom.engine.densitymatrix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Instruction;
import org.ketloom.api.circuit.KrausSet;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.ReadoutError;

/**
 * Turns a circuit into steps. Gates and channels of one wire that follow each other become one
 * matrix; CNOT, CZ and SWAP permute strings; other gates become rotations of pairs of strings, or,
 * where they are constant, a matrix on the strings of their wires. NOISE.md has the derivation.
 */
final class Compiler {
  private static final ReadoutError NO_ERROR = new ReadoutError(0, 0);
  private static final PauliBasis ONE = new PauliBasis(1);

  private final Circuit circuit;
  private final Kernels kernels;
  private final int wires;
  private final List<Step> steps = new ArrayList<>();
  private final List<List<Factor>> pending = new ArrayList<>();
  private final Map<Integer, int[]> pairs = new TreeMap<>();
  private int largestGroup;

  /**
   * What is made of a circuit.
   *
   * @param size number of Pauli strings of all wires
   * @param kept steps before which the block is kept for the backward sweep
   * @param postSelects whether what is read is divided by the probability of post-selections
   * @param largestGroup coefficients of the largest group of a dense step
   */
  record Plan(
      Circuit circuit,
      Kernels kernels,
      int size,
      Start start,
      List<Step> steps,
      List<Readout> readouts,
      KeptSteps kept,
      boolean postSelects,
      int largestGroup) {}

  Compiler(Circuit circuit, Kernels kernels) {
    this.circuit = circuit;
    this.kernels = kernels;
    this.wires = circuit.wires();
    for (int w = 0; w < wires; w++) {
      pending.add(new ArrayList<>());
    }
  }

  Plan compile() {
    circuit.instructions().forEach(this::add);
    for (int w = 0; w < wires; w++) {
      flush(w);
    }
    boolean postSelects =
        circuit.instructions().stream()
            .anyMatch(i -> i instanceof Channel c && c.kind().isPostSelection());
    return new Plan(
        circuit,
        kernels,
        1 << 2 * wires,
        new Start(circuit),
        List.copyOf(steps),
        readouts(),
        new KeptSteps(steps),
        postSelects,
        largestGroup);
  }

  private void flush(int wire) {
    if (!pending.get(wire).isEmpty()) {
      steps.add(new LocalStep(kernels, wires, wire, pending.get(wire)));
      pending.set(wire, new ArrayList<>());
    }
  }

  private void add(Instruction instruction) {
    if (instruction instanceof Channel channel) {
      add(channel);
    } else if (instruction instanceof Operation operation) {
      if (operation.controls().isEmpty() && operation.wires().size() == 1) {
        pending.get(operation.wires().get(0)).addAll(factors(operation));
      } else {
        Stream.concat(operation.wires().stream(), operation.controls().stream())
            .forEach(this::flush);
        addJoint(operation);
      }
    }
  }

  // Channels.

  private void add(Channel channel) {
    if (channel.wires().size() == 1) {
      pending.get(channel.wires().get(0)).add(factor(channel));
      return;
    }
    channel.wires().forEach(this::flush);
    if (channel.kind() == Channel.Kind.DEPOLARIZING) {
      int mask = channel.wires().stream().mapToInt(w -> digit(3, w)).sum();
      int[] places =
          IntStream.range(0, 1 << 2 * wires)
              .filter(s -> (s & mask) != 0)
              .map(s -> s * Kernels.LANES)
              .toArray();
      steps.add(new DepolarizingStep(kernels, places, channel));
    } else {
      addDense(channel.wires(), operators(channel.kraus().orElseThrow()), false, channel.name());
    }
  }

  private static Factor factor(Channel channel) {
    double[] zeros = new double[16];
    return switch (channel.kind()) {
      case MEASURE -> diagonal(channel, 1, 0, 0, 1);
      case RESET -> {
        double[] entries = zeros;
        entries[0] = 1;
        entries[12] = 1;
        yield new ConstantFactor(entries, false, Shape.KEEPS_TRACE, channel.name());
      }
      case POST_SELECT_0, POST_SELECT_1 -> {
        double sign = channel.kind() == Channel.Kind.POST_SELECT_0 ? 0.5 : -0.5;
        double[] entries = zeros;
        entries[0] = entries[15] = 0.5;
        entries[3] = entries[12] = sign;
        yield new ConstantFactor(entries, false, Shape.FULL, channel.name());
      }
      case KRAUS ->
          new ConstantFactor(
              ONE.transfer(operators(channel.kraus().orElseThrow())),
              false,
              Shape.FULL,
              channel.name());
      default -> new ChannelFactor(channel);
    };
  }

  private static Factor diagonal(Channel channel, double... diagonal) {
    double[] entries = new double[16];
    for (int i = 0; i < 4; i++) {
      entries[5 * i] = diagonal[i];
    }
    return new ConstantFactor(entries, false, Shape.UNITAL, channel.name());
  }

  private static List<double[]> operators(KrausSet kraus) {
    int rows = kraus.rows();
    List<double[]> operators = new ArrayList<>();
    for (int k = 0; k < kraus.count(); k++) {
      double[] entries = new double[2 * rows * rows];
      for (int i = 0; i < rows * rows; i++) {
        entries[2 * i] = kraus.re(k, i / rows, i % rows);
        entries[2 * i + 1] = kraus.im(k, i / rows, i % rows);
      }
      operators.add(entries);
    }
    return operators;
  }

  // Gates.

  private static List<Factor> factors(Operation operation) {
    List<Angle> angles = operation.angles();
    String name = operation.name();
    return switch (operation.gate()) {
      case RX -> List.of(new RotationFactor(1, angles.get(0), name));
      case RY -> List.of(new RotationFactor(2, angles.get(0), name));
      case RZ, PHASE -> List.of(new RotationFactor(3, angles.get(0), name));
      case U3 ->
          List.of(
              new RotationFactor(3, angles.get(2), name),
              new RotationFactor(2, angles.get(0), name),
              new RotationFactor(3, angles.get(1), name));
      default ->
          List.of(
              new ConstantFactor(
                  ONE.transfer(List.of(Matrices.of(operation))), true, Shape.UNITAL, name));
    };
  }

  private void addJoint(Operation operation) {
    List<Integer> on = operation.wires();
    List<Integer> controls = operation.controls();
    List<Angle> angles = operation.angles();
    boolean oneControl = controls.size() == 1;
    switch (operation.gate()) {
      case X, Z -> {
        if (oneControl) {
          addPermutation(List.of(controls.get(0), on.get(0)), operation);
        } else {
          addFlip(operation);
        }
      }
      case Y -> addFlip(operation);
      case S -> addPhase(operation, Angle.constant(Math.PI / 2));
      case T -> addPhase(operation, Angle.constant(Math.PI / 4));
      case PHASE -> addPhase(operation, angles.get(0));
      case RX -> addRotations(operation, angles.get(0), Pauli.X);
      case RY -> addRotations(operation, angles.get(0), Pauli.Y);
      case RZ -> addRotations(operation, angles.get(0), Pauli.Z);
      case U3 -> {
        addPhase(operation, angles.get(2));
        addRotations(operation, angles.get(0), Pauli.Y);
        addPhase(operation, angles.get(1));
      }
      case RXX -> addRotations(operation, angles.get(0), Pauli.X, Pauli.X);
      case RYY -> addRotations(operation, angles.get(0), Pauli.Y, Pauli.Y);
      case RZZ -> addRotations(operation, angles.get(0), Pauli.Z, Pauli.Z);
      case CANONICAL -> {
        addRotations(operation, angles.get(0).times(-2), Pauli.X, Pauli.X);
        addRotations(operation, angles.get(1).times(-2), Pauli.Y, Pauli.Y);
        addRotations(operation, angles.get(2).times(-2), Pauli.Z, Pauli.Z);
      }
      case SWAP -> {
        if (controls.isEmpty()) {
          addPermutation(on, operation);
        } else {
          addControlled(operation);
        }
      }
      case H, UNITARY1, UNITARY2 -> addControlled(operation);
    }
  }

  /** A constant gate with its controls, as one matrix. */
  private void addControlled(Operation operation) {
    List<Integer> all = new ArrayList<>(operation.controls());
    all.addAll(operation.wires());
    addDense(all, List.of(Matrices.controlled(operation)), true, operation.name());
  }

  private void addDense(List<Integer> on, List<double[]> operators, boolean unitary, String name) {
    PauliBasis basis = new PauliBasis(on.size());
    int size = basis.size();
    double[] matrix = basis.transfer(operators);
    double[] transposed = new double[matrix.length];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        transposed[j * size + i] = matrix[i * size + j];
      }
    }
    largestGroup = Math.max(largestGroup, size);
    Optional<Inverse> inverse =
        unitary ? Optional.of(new Inverse(transposed, 1)) : Inverse.of(matrix, size);
    steps.add(
        new DenseStep(kernels, bases(on), offsets(on), matrix, transposed, inverse, name + on));
  }

  /** Places of the strings with the identity on some wires. */
  private int[] bases(List<Integer> on) {
    int mask = on.stream().mapToInt(w -> digit(3, w)).sum();
    return IntStream.range(0, 1 << 2 * wires)
        .filter(s -> (s & mask) == 0)
        .map(s -> s * Kernels.LANES)
        .toArray();
  }

  private int[] offsets(List<Integer> on) {
    return Arrays.stream(PauliBasis.embed(on, wires)).map(s -> s * Kernels.LANES).toArray();
  }

  private void addPermutation(List<Integer> on, Operation operation) {
    double[] matrix =
        new PauliBasis(2)
            .transfer(
                List.of(
                    operation.controls().isEmpty()
                        ? Matrices.of(operation)
                        : Matrices.controlled(operation)));
    int[] bases = bases(on);
    int[] offsets = offsets(on);
    List<Integer> exchanged = new ArrayList<>();
    List<Integer> signs = new ArrayList<>();
    List<Integer> flips = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      for (int j = i; j < 16; j++) {
        int entry = (int) Math.round(matrix[16 * i + j]);
        for (int base : entry == 0 || (i == j && entry == 1) ? new int[0] : bases) {
          if (i == j) {
            flips.add(base + offsets[i]);
          } else {
            exchanged.add(base + offsets[i]);
            exchanged.add(base + offsets[j]);
            signs.add(entry);
          }
        }
      }
    }
    byte[] signBytes = new byte[signs.size()];
    for (int i = 0; i < signBytes.length; i++) {
      signBytes[i] = signs.get(i).byteValue();
    }
    steps.add(
        new PermutationStep(kernels, ints(exchanged), signBytes, ints(flips), named(operation)));
  }

  /**
   * X, Y or Z under controls: {@code exp(i pi C (1 - P) / 2)} with the projector {@code C = 2^-c
   * sum_S (-1)^|S| Z_S} on the controls, which are c.
   */
  private void addFlip(Operation operation) {
    Pauli pauli = Pauli.valueOf(operation.gate().name());
    List<Integer> controls = operation.controls();
    double unit = Math.PI / (1 << controls.size());
    for (int subset = 0; subset < 1 << controls.size(); subset++) {
      double sign = 1 - 2 * (Integer.bitCount(subset) & 1);
      int zs = zs(controls, subset);
      if (zs != 0) {
        rotate(zs, Angle.constant(-sign * unit), operation);
      }
      int target = digit(digit(pauli), operation.wires().get(0));
      rotate(zs | target, Angle.constant(sign * unit), operation);
    }
  }

  /** {@code exp(i t C)} with the projector C on the target and the controls. */
  private void addPhase(Operation operation, Angle angle) {
    List<Integer> all = new ArrayList<>(operation.controls());
    all.addAll(operation.wires());
    for (int subset = 1; subset < 1 << all.size(); subset++) {
      double sign = 1 - 2 * (Integer.bitCount(subset) & 1);
      rotate(zs(all, subset), angle.times(-sign / (1 << (all.size() - 1))), operation);
    }
  }

  /** {@code exp(-i t C P / 2)} with the projector C on the controls. */
  private void addRotations(Operation operation, Angle angle, Pauli... paulis) {
    List<Integer> controls = operation.controls();
    int string = 0;
    for (int i = 0; i < paulis.length; i++) {
      string |= digit(digit(paulis[i]), operation.wires().get(i));
    }
    for (int subset = 0; subset < 1 << controls.size(); subset++) {
      double sign = 1 - 2 * (Integer.bitCount(subset) & 1);
      rotate(string | zs(controls, subset), angle.times(sign / (1 << controls.size())), operation);
    }
  }

  private int zs(List<Integer> on, int subset) {
    int string = 0;
    for (int i = 0; i < on.size(); i++) {
      if ((subset >> i & 1) == 1) {
        string |= digit(3, on.get(i));
      }
    }
    return string;
  }

  private void rotate(int string, Angle angle, Operation operation) {
    int[] places = pairs.computeIfAbsent(string, this::pairs);
    steps.add(new RotationStep(kernels, places, angle, named(operation)));
  }

  /** Places of strings Q that don't commute with P, and of {@code -i P Q}, in turn. */
  private int[] pairs(int p) {
    List<Integer> found = new ArrayList<>();
    for (int q = 0; q < 1 << 2 * wires; q++) {
      // P Q = i^power times the string PQ.
      int power = 0;
      int product = 0;
      for (int shift = 2 * (wires - 1); shift >= 0; shift -= 2) {
        int a = p >> shift & 3;
        int b = q >> shift & 3;
        int c = a == 0 ? b : b == 0 ? a : a == b ? 0 : 6 - a - b;
        product |= c << shift;
        power += a == 0 || b == 0 || a == b ? 0 : b == a % 3 + 1 ? 1 : 3;
      }
      // -i i^power is 1 for one of a pair's two strings, and -1 for the other.
      if ((power & 3) == 1) {
        found.add(q * Kernels.LANES);
        found.add(product * Kernels.LANES);
      }
    }
    return ints(found);
  }

  private int digit(int value, int wire) {
    return value << 2 * (wires - 1 - wire);
  }

  private static int digit(Pauli pauli) {
    return pauli.ordinal() + 1;
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Such as {@code CNOT(0,1)}, controls first. */
  private static String named(Operation operation) {
    return Stream.concat(operation.controls().stream(), operation.wires().stream())
        .map(String::valueOf)
        .collect(Collectors.joining(",", operation.name() + "(", ")"));
  }

  // Observables.

  private List<Readout> readouts() {
    List<Readout> readouts = new ArrayList<>();
    int output = 0;
    for (Observable observable : circuit.observables()) {
      readouts.add(readout(observable, output));
      output += observable.outputs();
    }
    return List.copyOf(readouts);
  }

  private Readout readout(Observable observable, int output) {
    List<Integer> on = observable.wires();
    if (observable instanceof Observable.PauliSum sum) {
      return pauliSum(sum, output);
    }
    if (observable instanceof Observable.Hermitian hermitian) {
      return new HermitianReadout(
          output,
          new PauliBasis(on.size()),
          PauliBasis.embed(on, wires),
          hermitian.firstEntry(),
          "Hermitian" + on);
    }
    if (observable instanceof Observable.Probabilities) {
      int[] places = new int[1 << on.size()];
      for (int z = 0; z < places.length; z++) {
        for (int i = 0; i < on.size(); i++) {
          places[z] |= (z >> (on.size() - 1 - i) & 1) == 1 ? digit(3, on.get(i)) : 0;
        }
      }
      return new ProbabilityReadout(
          output, places, on.stream().map(this::error).toList(), "probabilities" + on);
    }
    if (observable instanceof Observable.DensityMatrix) {
      return new DensityReadout(
          output, new PauliBasis(on.size()), PauliBasis.embed(on, wires), "density matrix" + on);
    }
    if (observable instanceof Observable.Purity) {
      return new PurityReadout(output, PauliBasis.embed(on, wires), on.size(), "purity" + on);
    }
    if (observable instanceof Observable.Fidelity fidelity) {
      return fidelity(fidelity, output);
    }
    if (observable instanceof Observable.SuccessProbability) {
      return new SuccessReadout(output);
    }
    throw new IllegalArgumentException(
        "output "
            + output
            + " reads amplitudes, which a mixed state doesn't have; read the density matrix of the"
            + " wires, or use an engine of pure states, such as statevector");
  }

  private ReadoutError error(int wire) {
    return circuit.readoutErrors().getOrDefault(wire, NO_ERROR);
  }

  /** Each matrix P of a string is read as {@code scale P + offset}. */
  private Readout pauliSum(Observable.PauliSum sum, int output) {
    Map<Integer, Double> weights = new TreeMap<>();
    for (PauliTerm term : sum.terms()) {
      Map<Integer, Double> strings = new TreeMap<>(Map.of(0, term.coefficient()));
      for (int i = 0; i < term.wires().size(); i++) {
        ReadoutError error = error(term.wires().get(i));
        int letter = digit(digit(term.paulis().get(i)), term.wires().get(i));
        Map<Integer, Double> longer = new TreeMap<>();
        strings.forEach(
            (string, weight) -> {
              longer.merge(string | letter, weight * error.scale(), Double::sum);
              if (error.offset() != 0) {
                longer.merge(string, weight * error.offset(), Double::sum);
              }
            });
        strings = longer;
      }
      strings.forEach((string, weight) -> weights.merge(string, weight, Double::sum));
    }
    return new LinearReadout(
        output,
        weights.keySet().stream().mapToInt(Integer::intValue).toArray(),
        weights.values().stream().mapToDouble(Double::doubleValue).toArray(),
        weights.size() + (weights.size() == 1 ? " string" : " strings"));
  }

  private Readout fidelity(Observable.Fidelity fidelity, int output) {
    PauliBasis basis = new PauliBasis(fidelity.wires().size());
    int rows = basis.rows();
    List<Double> phi = fidelity.state();
    double[] re = new double[basis.size()];
    double[] im = new double[basis.size()];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        re[i * rows + j] = phi.get(i) * phi.get(j) + phi.get(rows + i) * phi.get(rows + j);
        im[i * rows + j] = phi.get(rows + i) * phi.get(j) - phi.get(i) * phi.get(rows + j);
      }
    }
    double[] weights = new double[basis.size()];
    basis.traces(re, im, weights);
    for (int s = 0; s < weights.length; s++) {
      weights[s] /= rows;
    }
    return new LinearReadout(
        output, PauliBasis.embed(fidelity.wires(), wires), weights, "fidelity" + fidelity.wires());
  }
}
