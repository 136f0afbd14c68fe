package org.ketloom.ansatz.sim;

import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;

/** Appends columns of gates, each of which takes the next angles of a block, in its order. */
final class SimLayer {
  private final CircuitBuilder circuit;
  private final Angles angles;
  private final int wires;
  private int next;

  /** A gate that joins two wires. */
  @FunctionalInterface
  interface Joint {
    void append(int control, int target);
  }

  SimLayer(CircuitBuilder circuit, Angles angles) {
    this.circuit = circuit;
    this.angles = angles;
    wires = circuit.wires();
  }

  Joint cnot() {
    return circuit::cnot;
  }

  Joint cz() {
    return circuit::cz;
  }

  Joint controlledRx() {
    return (control, target) -> circuit.controlledBy(control).rx(target, angle());
  }

  Joint controlledRz() {
    return (control, target) -> circuit.controlledBy(control).rz(target, angle());
  }

  SimLayer hadamards() {
    for (int wire = 0; wire < wires; wire++) {
      circuit.h(wire);
    }
    return this;
  }

  /** A rotation about each of the axes on every wire. */
  SimLayer rotations(String axes) {
    return rotations(axes, 0, wires);
  }

  /** The same on every wire but the first and the last. */
  SimLayer inner(String axes) {
    return rotations(axes, 1, wires - 1);
  }

  private SimLayer rotations(String axes, int from, int to) {
    for (int k = 0; k < axes.length(); k++) {
      for (int wire = from; wire < to; wire++) {
        switch (axes.charAt(k)) {
          case 'x' -> circuit.rx(wire, angle());
          case 'y' -> circuit.ry(wire, angle());
          default -> circuit.rz(wire, angle());
        }
      }
    }
    return this;
  }

  /** From each wire to the one before, the last wire first. */
  SimLayer chain(Joint joint) {
    for (int control = wires - 1; control > 0; control--) {
      joint.append(control, control - 1);
    }
    return this;
  }

  /** The same, and the first wire with the last, unless they are joined already. */
  SimLayer closedChain(Joint joint) {
    chain(joint);
    if (wires > 2) {
      joint.append(0, wires - 1);
    }
    return this;
  }

  /** From each wire to every other one, the last wire first. */
  SimLayer all(Joint joint) {
    for (int control = wires - 1; control >= 0; control--) {
      for (int target = wires - 1; target >= 0; target--) {
        if (target != control) {
          joint.append(control, target);
        }
      }
    }
    return this;
  }

  /** 1 to 0, 3 to 2, and so on. */
  SimLayer evenPairs(Joint joint) {
    return pairs(1, joint);
  }

  /** 2 to 1, 4 to 3, and so on. */
  SimLayer oddPairs(Joint joint) {
    return pairs(2, joint);
  }

  private SimLayer pairs(int first, Joint joint) {
    for (int control = first; control < wires; control += 2) {
      joint.append(control, control - 1);
    }
    return this;
  }

  /** From each wire to the next, the last wire, to the first, before all others. */
  SimLayer ring(Joint joint) {
    for (int control = wires - 1; control >= 0; control--) {
      joint.append(control, (control + 1) % wires);
    }
    return this;
  }

  /** From each wire to the one before, first from the last wire, then from the first on. */
  SimLayer secondRing(Joint joint) {
    for (int i = 0; i < wires; i++) {
      int control = (wires - 1 + i) % wires;
      joint.append(control, (control + wires - 1) % wires);
    }
    return this;
  }

  private Angle angle() {
    int columns = angles.shape().get(1);
    Angle angle = angles.at(next / columns, next % columns);
    next++;
    return angle;
  }
}
