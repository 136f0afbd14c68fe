package org.ketloom.engine.statevector;

/**
 * An equation over GF(2): holds at positions whose parity with a mask is a given one.
 *
 * @param value 0 or 1
 */
record Parity(int mask, int value) {

  /** The parity of the ones in a number. */
  static int of(int bits) {
    return Integer.bitCount(bits) & 1;
  }
}
