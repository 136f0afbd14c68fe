package org.ketloom.engine.trajectories;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.DensityPreparation;
import org.ketloom.api.circuit.HaarPreparation;
import org.ketloom.api.circuit.Instruction;
import org.ketloom.api.circuit.MixedPreparation;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.Preparation;
import org.ketloom.api.engine.QuantumEngine;

/**
 * Turns a circuit into segments of pure states. Pauli strings that are drawn are carried along in a
 * {@link PauliFrame}, and become gates only before what they can't be carried through.
 */
final class Unraveller {
  private final Circuit circuit;
  private final QuantumEngine engine;
  private final Sweep.Builder sweep;
  private final PauliFrame frame;

  /** Unravellings to come whose branches aren't unitary. */
  private int jumps;

  private boolean sweeps;

  private final List<Segment> segments = new ArrayList<>();
  private final List<Unravelling> unravellings = new ArrayList<>();
  private final List<Integer> firstBits = new ArrayList<>();
  private CircuitBuilder builder;
  private List<Segment.Signed> signed = new ArrayList<>();
  private List<Segment.Flip> flips = new ArrayList<>();
  private int angles;
  private boolean amplitudes;

  /**
   * What is made of a circuit.
   *
   * @param firstBits of each unravelling, if it draws Pauli strings: the row of the first wire's X;
   *     then that of its Z, and two for each wire more
   * @param startBits rows of the basis state that is drawn for wires that start maximally mixed
   * @param frame what the drawn bits become
   * @param segments one, or those before and behind the sweep
   * @param sweep what can't be run as unitary circuits, if there is such a part
   * @param readings outputs of the last segment's program, in their order
   */
  record Plan(
      Circuit circuit,
      List<Segment> segments,
      List<Unravelling> unravellings,
      List<Integer> firstBits,
      List<Integer> startBits,
      BitMoves frame,
      Optional<Sweep> sweep,
      List<Segment.Reading> readings) {

    /** Number of the last segment. */
    int last() {
      return segments.size() - 1;
    }

    /** Numbers that a chunk keeps for each trajectory: its states, in all the forms they take. */
    long numbersPerRow() {
      return (sweep.isPresent() ? 6L : 1L) * (2L << circuit.wires());
    }
  }

  Unraveller(Circuit circuit, QuantumEngine engine, Kernels kernels) {
    this.circuit = circuit;
    this.engine = engine;
    this.sweep = new Sweep.Builder(circuit.wires(), kernels);
    this.frame = new PauliFrame(circuit.wires());
    this.builder = begin();
  }

  Plan compile() {
    List<Integer> startBits = start();
    jumps =
        (int)
            circuit.instructions().stream()
                .filter(Channel.class::isInstance)
                .flatMap(channel -> Unravelling.of((Channel) channel).stream())
                .filter(unravelling -> !unravelling.pauli())
                .count();
    circuit.instructions().forEach(this::add);
    List<Segment.Reading> readings = new Observables(circuit, builder, frame).append(this::flip);
    end();
    return new Plan(
        circuit,
        List.copyOf(segments),
        List.copyOf(unravellings),
        List.copyOf(firstBits),
        startBits,
        frame.plan(),
        segments.size() > 1 ? Optional.of(sweep.build()) : Optional.empty(),
        readings);
  }

  private CircuitBuilder begin() {
    CircuitBuilder fresh = Circuit.builder(circuit.wires());
    fresh.features(circuit.features());
    fresh.weights(circuit.weights());
    fresh.sampleAngles(circuit.sampleAngles());
    angles = circuit.sampleAngles();
    signed = new ArrayList<>();
    flips = new ArrayList<>();
    return fresh;
  }

  private void end() {
    segments.add(
        new Segment(
            engine.compile(builder.build()), amplitudes, List.copyOf(signed), List.copyOf(flips)));
  }

  /** Prepares the start, and gives the rows of bits of basis states that are drawn. */
  private List<Integer> start() {
    Preparation start = circuit.start().orElse(null);
    if (start instanceof AmplitudePreparation p) {
      int count = p.complex() ? 2 * p.count() : p.count();
      builder
          .on(ints(p.wires()))
          .prepareAmplitudes(
              new Angles(Angle.Source.FEATURE, p.firstFeature(), List.of(count)),
              p.complex(),
              p.padding());
    } else if (start instanceof HaarPreparation p) {
      Angles given = builder.features(2 << p.wires().size());
      builder.on(ints(p.wires())).prepareAmplitudes(given, true, 0);
      amplitudes = true;
    } else if (start instanceof MixedPreparation p) {
      List<Integer> bits = new ArrayList<>();
      for (int wire : p.wires()) {
        int drawn = frame.drawn();
        frame.addX(wire, drawn);
        bits.add(drawn);
      }
      return bits;
    } else if (start instanceof DensityPreparation) {
      throw new IllegalArgumentException(
          "engine \"trajectories\" starts from pure or maximally mixed states, found "
              + start
              + "; use engine density-matrix");
    }
    return List.of();
  }

  private void add(Instruction instruction) {
    if (instruction instanceof Channel channel) {
      Unravelling.of(channel).forEach(this::add);
    } else if (instruction instanceof Operation operation) {
      if (sweeps) {
        sweep.add(operation);
      } else if (operation.controls().isEmpty()) {
        addGate(operation);
      } else {
        addControlled(operation);
      }
    } else {
      builder.append(instruction);
    }
  }

  private void add(Unravelling unravelling) {
    int number = unravellings.size();
    unravellings.add(unravelling);
    if (!unravelling.pauli() && !sweeps) {
      for (int wire = 0; wire < circuit.wires(); wire++) {
        flip(wire, true);
      }
      builder.amplitudes();
      end();
      sweeps = true;
    }
    if (sweeps) {
      firstBits.add(PauliFrame.ZERO);
      sweep.add(unravelling, number);
      jumps -= unravelling.pauli() ? 0 : 1;
      if (jumps == 0) {
        sweeps = false;
        builder = begin();
        builder.prepareAmplitudes(builder.features(2 << circuit.wires()), true, 0);
        amplitudes = true;
      }
      return;
    }
    OptionalInt first = OptionalInt.empty();
    for (int wire : unravelling.wires()) {
      int x = frame.drawn();
      frame.addX(wire, x);
      frame.addZ(wire, frame.drawn());
      first = OptionalInt.of(first.orElse(x));
    }
    firstBits.add(first.orElseThrow());
  }

  // Gates: how a frame is carried through them.

  private void addGate(Operation operation) {
    int[] on = ints(operation.wires());
    switch (operation.gate()) {
      case H -> frame.hadamard(on[0]);
      case S -> frame.phase(on[0]);
      case SWAP -> frame.exchange(on[0], on[1]);
      case UNITARY1, UNITARY2 -> flipAll(operation.wires());
      case X, Y, Z -> {
        // It commutes with the frame, apart from a sign.
      }
      case T -> {
        int bits = frame.anticommutes(on, paulis(Pauli.Z));
        if (bits != PauliFrame.ZERO) {
          builder.phase(on[0], signed(Angle.constant(Math.PI / 4), bits));
          return;
        }
      }
      case RX -> addRotations(operation, on, paulis(Pauli.X));
      case RY -> addRotations(operation, on, paulis(Pauli.Y));
      case RZ, PHASE -> addRotations(operation, on, paulis(Pauli.Z));
      // RZ(lambda), RY(theta), RZ(phi), apart from a phase.
      case U3 -> addRotations(operation, on, paulis(Pauli.Y), paulis(Pauli.Z), paulis(Pauli.Z));
      case RXX -> addRotations(operation, on, paulis(Pauli.X, Pauli.X));
      case RYY -> addRotations(operation, on, paulis(Pauli.Y, Pauli.Y));
      case RZZ -> addRotations(operation, on, paulis(Pauli.Z, Pauli.Z));
      case CANONICAL ->
          addRotations(
              operation,
              on,
              paulis(Pauli.X, Pauli.X),
              paulis(Pauli.Y, Pauli.Y),
              paulis(Pauli.Z, Pauli.Z));
    }
    if (operation.angles().isEmpty()) {
      builder.append(operation);
    }
  }

  private static Pauli[] paulis(Pauli... paulis) {
    return paulis;
  }

  /** Rotations about strings, one for each angle: some turn the other way. */
  private void addRotations(Operation operation, int[] on, Pauli[]... generators) {
    Angle[] given = operation.angles().toArray(Angle[]::new);
    for (int a = 0; a < given.length; a++) {
      int bits = frame.anticommutes(on, generators[a]);
      if (bits != PauliFrame.ZERO) {
        given[a] = signed(given[a], bits);
      }
    }
    builder.gate(operation.gate(), on, given);
  }

  private void addControlled(Operation operation) {
    Optional<Pauli> pauli =
        switch (operation.gate()) {
          case X -> Optional.of(Pauli.X);
          case Y -> Optional.of(Pauli.Y);
          case Z -> Optional.of(Pauli.Z);
          default -> Optional.empty();
        };
    if (pauli.isPresent() && operation.controls().size() == 1) {
      frame.controlled(pauli.get(), operation.controls().get(0), operation.wires().get(0));
    } else {
      flipAll(operation.allWires());
    }
    builder.append(operation);
  }

  private Angle signed(Angle angle, int bits) {
    signed.add(new Segment.Signed(angle, bits, angles++));
    return builder.sampleAngles(1).at(0);
  }

  private void flipAll(List<Integer> wires) {
    wires.forEach(wire -> flip(wire, true));
  }

  /** Makes gates of a wire's frame: of its X, and of its Z if that is asked for. */
  private void flip(int wire, boolean signs) {
    int bits = frame.takeX(wire);
    if (bits != PauliFrame.ZERO) {
      flips.add(new Segment.Flip(bits, angles++));
      builder.rx(wire, builder.sampleAngles(1).at(0));
    }
    bits = signs ? frame.takeZ(wire) : PauliFrame.ZERO;
    if (bits != PauliFrame.ZERO) {
      flips.add(new Segment.Flip(bits, angles++));
      builder.rz(wire, builder.sampleAngles(1).at(0));
    }
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
