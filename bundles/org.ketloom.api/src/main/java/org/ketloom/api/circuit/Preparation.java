package org.ketloom.api.circuit;

import java.util.List;

/** The initial state of some wires; the others start in |0>. */
public sealed interface Preparation
    permits AmplitudePreparation, DensityPreparation, MixedPreparation, HaarPreparation {

  /** The wires that are prepared, most significant first. */
  List<Integer> wires();
}
