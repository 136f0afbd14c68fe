package org.ketloom.tck;

import java.util.List;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/** An observable head adds only observables, with as many outputs as it says. */
final class HeadCheck extends CircuitCheck {
  private final ObservableHead head;

  HeadCheck(ObservableHead head, QuantumEngine engine, Calls calls) {
    super(engine, calls);
    this.head = head;
  }

  @Override
  void structure() throws Violation {
    int fits = 0;
    for (int wires = 1; wires <= ENOUGH_WIRES && (wires <= MAX_WIRES || fits == 0); wires++) {
      try {
        outputs(wires);
      } catch (IllegalArgumentException e) {
        continue;
      }
      fits++;
      circuit(wires);
    }
    if (fits == 0) {
      throw new Violation(
          Check.SHAPE, "the head accepts no number of wires from 1 to " + ENOUGH_WIRES);
    }
  }

  @Override
  List<Example> examples() throws Violation {
    for (int wires = 2; wires <= ENOUGH_WIRES; wires++) {
      try {
        outputs(wires);
      } catch (IllegalArgumentException e) {
        continue;
      }
      return List.of(new Example(circuit(wires), "(on " + Circuits.count(wires) + ")"));
    }
    return List.of();
  }

  @Override
  void repeat() throws Violation {
    for (int wires = 1; wires <= MAX_WIRES; wires++) {
      try {
        outputs(wires);
      } catch (IllegalArgumentException e) {
        continue;
      }
      Circuits.same(circuit(wires), circuit(wires), "append(on " + Circuits.count(wires) + ")");
    }
  }

  private int outputs(int wires) throws Violation {
    String what = "outputs(" + Circuits.count(wires) + ")";
    int outputs = calls.call(what, () -> head.outputs(wires));
    if (outputs < 1) {
      throw new Violation(Check.SHAPE, what + " gave " + outputs + ", expected at least 1");
    }
    return outputs;
  }

  private Circuit circuit(int wires) throws Violation {
    CircuitBuilder builder = Circuits.scrambled(wires);
    Angles angles = builder.weights(wires);
    for (int wire = 0; wire < wires; wire++) {
      builder.rx(wire, angles.at(wire));
    }
    Circuit before = builder.build();
    String what = "append(on " + Circuits.count(wires) + ")";
    int outputs = outputs(wires);
    try {
      calls.call(
          what,
          () -> {
            head.append(builder);
            return null;
          });
    } catch (IllegalArgumentException e) {
      throw new Violation(
          Check.SHAPE,
          what + " was refused, though outputs says " + outputs + ": " + e.getMessage());
    }
    Circuit after = builder.build();
    if (!after.operations().equals(before.operations())
        || !after.blocks().equals(before.blocks())
        || !after.preparation().equals(before.preparation())) {
      throw new Violation(
          Check.SHAPE,
          what
              + " changed the circuit from "
              + before
              + " to "
              + after
              + "; a head may only add observables");
    }
    if (after.outputs() != outputs) {
      throw new Violation(
          Check.SHAPE,
          "outputs("
              + Circuits.count(wires)
              + ") says "
              + outputs
              + ", but append reads "
              + after.outputs());
    }
    return after;
  }
}
