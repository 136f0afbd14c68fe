package org.ketloom.api.circuit;

import java.util.List;

/**
 * The maximally mixed state {@code I / 2^k}.
 *
 * @param wires the k wires, most significant first
 */
public record MixedPreparation(List<Integer> wires) implements Preparation {

  /** Copies the wires. */
  public MixedPreparation {
    wires = List.copyOf(wires);
  }
}
