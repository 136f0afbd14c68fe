package org.ketloom.api.circuit;

import java.util.List;

/** One step of a circuit: a unitary gate, or a channel. */
public sealed interface Instruction permits Operation, Channel {

  /** The wires that it acts on, most significant first; controls not counted. */
  List<Integer> wires();

  /** The numbers that it reads: angles of a gate, strengths of a channel. */
  List<Angle> angles();

  /** Its usual name: CNOT, RX, DEPOLARIZING, ... */
  String name();
}
