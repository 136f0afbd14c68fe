package org.ketloom.api.engine;

/** Precision that states are computed in. Inputs, outputs and gradients are double either way. */
public enum Precision {
  /** 53 bits: the reference. */
  DOUBLE,
  /** 24 bits: half of the memory and about half of the time, for about 7 digits of a state. */
  SINGLE
}
