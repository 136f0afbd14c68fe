package org.ketloom.engine.trajectories;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import org.ketloom.api.circuit.Preparation;
import org.ketloom.api.engine.QuantumEngine;

/** Turns a circuit into segments of pure states. */
final class Unraveller {
  private final Circuit circuit;
  private final QuantumEngine engine;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Unravelling> unravellings = new ArrayList<>();
  private CircuitBuilder builder;
  private List<Segment.Flip> flips = new ArrayList<>();
  private int angles;
  private boolean amplitudes;

  /**
   * What is made of a circuit.
   *
   * @param mixedWires wires that start maximally mixed: a random basis state for each trajectory
   */
  record Plan(
      Circuit circuit,
      List<Segment> segments,
      List<Unravelling> unravellings,
      List<Integer> mixedWires) {}

  Unraveller(Circuit circuit, QuantumEngine engine) {
    this.circuit = circuit;
    this.engine = engine;
    this.builder = begin();
  }

  Plan compile() {
    List<Integer> mixed = start();
    circuit.instructions().forEach(this::add);
    new Observables(circuit, builder).append();
    end(Optional.empty());
    return new Plan(circuit, List.copyOf(segments), List.copyOf(unravellings), mixed);
  }

  private CircuitBuilder begin() {
    CircuitBuilder fresh = Circuit.builder(circuit.wires());
    fresh.features(circuit.features());
    fresh.weights(circuit.weights());
    fresh.sampleAngles(circuit.sampleAngles());
    angles = circuit.sampleAngles();
    flips = new ArrayList<>();
    return fresh;
  }

  private void end(Optional<Integer> jump) {
    segments.add(
        new Segment(engine.compile(builder.build()), amplitudes, List.copyOf(flips), jump));
  }

  /** Prepares the start, and gives the wires of which basis states are drawn. */
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
      Angles drawn = builder.sampleAngles(p.wires().size());
      for (int i = 0; i < p.wires().size(); i++) {
        builder.rx(p.wires().get(i), drawn.at(i));
      }
      angles += p.wires().size();
      return p.wires();
    } else if (start instanceof DensityPreparation) {
      throw new IllegalArgumentException(
          "engine \"trajectories\" starts from pure or maximally mixed states, found "
              + start
              + "; use engine density-matrix");
    }
    return List.of();
  }

  private void add(Instruction instruction) {
    if (!(instruction instanceof Channel channel)) {
      builder.append(instruction);
      return;
    }
    for (Unravelling unravelling : Unravelling.of(channel)) {
      int number = unravellings.size();
      unravellings.add(unravelling);
      if (unravelling.pauli()) {
        flips.add(new Segment.Flip(number, angles));
        for (int wire : unravelling.wires()) {
          Angles drawn = builder.sampleAngles(2);
          builder.rx(wire, drawn.at(0)).rz(wire, drawn.at(1));
          angles += 2;
        }
      } else {
        builder.amplitudes();
        end(Optional.of(number));
        builder = begin();
        Angles state = builder.features(2 << circuit.wires());
        builder.prepareAmplitudes(state, true, 0);
        amplitudes = true;
      }
    }
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
