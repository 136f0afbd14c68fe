package org.ketloom.api.engine;

/**
 * Precision that a program's states are computed in. Inputs, outputs and gradients are double
 * either way, and so is what {@link Program#secondOrder} gives.
 */
public enum Precision {
  /** 53 bits, the reference. */
  DOUBLE,

  /**
   * 24 bits: half of the memory, and from about 8 wires on a good half of the time. The state's
   * rounding grows with the number of gates, each adding less than {@code 1e-7}. On random circuits
   * of 100 gates on up to 14 wires, values and gradients are within {@code 5e-6} of those in double
   * precision, in parts of the array's largest number or of 1. More is lost where a gradient is a
   * small rest of large parts: that of a prepared vector that is short, or almost the gradient's
   * own direction. Entries of Hermitians and cotangents have to be in the range of float.
   */
  SINGLE
}
