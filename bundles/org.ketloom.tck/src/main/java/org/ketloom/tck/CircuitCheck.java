package org.ketloom.tck;

import java.util.List;
import java.util.function.Consumer;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.tck.Calls.Violation;

/** What parts that append to a circuit have in common. */
abstract class CircuitCheck implements PartCheck {
  static final int MAX_WIRES = 5;
  static final int MAX_LAYERS = 3;
  static final int MAX_ANGLES = 1_000_000;

  /** On few wires a part may refuse to be laid; on one of 1 to this many it must not. */
  static final int ENOUGH_WIRES = 8;

  final Calls calls;
  final Numbers numbers;

  CircuitCheck(QuantumEngine engine, Calls calls) {
    this.numbers = new Numbers(engine);
    this.calls = calls;
  }

  /** Checks shapes on every small number of wires. */
  abstract void structure() throws Violation;

  /** A circuit whose numbers are checked, and its name in findings. */
  record Example(Circuit circuit, String name) {}

  abstract List<Example> examples() throws Violation;

  /** Checks what circuits of the part compute beside their values and gradients. */
  void works() throws Violation {}

  /** Makes circuits again. */
  abstract void repeat() throws Violation;

  @Override
  public void check(Consumer<Finding> findings) throws Violation {
    structure();
    for (Example example : examples()) {
      numbers.check(example.circuit(), example.name()).forEach(findings);
    }
    works();
    repeat();
  }

  @Override
  public void requireWorks() throws Violation {
    for (Example example : examples()) {
      numbers.requireSound(example.circuit(), example.name());
    }
  }
}
