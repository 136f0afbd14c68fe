package org.ketloom.engine.trajectories;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;

/** Memory that the chunks of a program use one after another, for a segment. */
final class Room {
  private final Program program;
  private Optional<Evaluation> evaluation = Optional.empty();
  private double[] features = {};
  private double[] angles = {};
  private Gradients gradients;

  private Room(Program program) {
    this.program = program;
    this.gradients = Gradients.zeros(program.circuit(), 0);
  }

  /**
   * Memory of the chunks of a plan.
   *
   * @param segments of each
   */
  record Rooms(List<Room> segments, Optional<SweepRoom> sweep) {
    static Rooms of(Unraveller.Plan plan) {
      List<Room> rooms = new ArrayList<>();
      plan.segments().forEach(segment -> rooms.add(new Room(segment.program())));
      return new Rooms(rooms, plan.sweep().map(SweepRoom::new));
    }
  }

  /** Memory for a sweep. */
  static final class SweepRoom {
    private final SweepRun run;
    private double[] states = {};
    private double[] derivatives = {};

    private SweepRoom(Sweep sweep) {
      run = new SweepRun(sweep);
    }

    SweepRun run() {
      return run;
    }

    /** Final states of a length, which hold any numbers; they stay until the next call. */
    double[] states(int length) {
      states = sized(states, length);
      return states;
    }

    /** Derivatives by these, likewise. */
    double[] derivatives() {
      derivatives = sized(derivatives, states.length);
      return derivatives;
    }
  }

  /** Inputs of so many rows, whose features and per-sample angles hold any numbers. */
  Inputs inputs(int rows, double[] weights, double[] hermitianEntries) {
    Circuit circuit = program.circuit();
    features = sized(features, Math.multiplyExact(rows, circuit.features()));
    angles = sized(angles, Math.multiplyExact(rows, circuit.sampleAngles()));
    return new Inputs(rows, features, weights, angles, hermitianEntries);
  }

  private static double[] sized(double[] known, int length) {
    return known.length == length ? known : new double[length];
  }

  /** The evaluation of these inputs; the next call overwrites it. */
  Evaluation evaluate(Inputs inputs) {
    Evaluation known = evaluation.orElse(null);
    if (known == null) {
      known = program.evaluate(inputs);
      evaluation = Optional.of(known);
    } else {
      known.update(inputs);
    }
    return known;
  }

  /** Gradients of the last evaluation; the next call overwrites them. */
  Gradients gradients(int rows, double[] cotangents) {
    Circuit circuit = program.circuit();
    if (gradients.features().length != rows * circuit.features()
        || gradients.sampleAngles().length != rows * circuit.sampleAngles()) {
      gradients = Gradients.zeros(circuit, rows);
    }
    evaluation.orElseThrow().vjp(cotangents, gradients);
    return gradients;
  }
}
