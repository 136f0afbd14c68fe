package org.ketloom.tck;

/**
 * Something that a part doesn't keep to.
 *
 * @param check what was checked
 * @param message one sentence: what was asked for, what came, what was expected
 */
public record Finding(Check check, String message) {

  /** What is checked. */
  public enum Check {
    /** Whether shapes, capacities and numbers of outputs are those of the circuit. */
    SHAPE,
    /** Whether the same arguments give the same circuit, also on a view of some wires. */
    REPEATABLE,
    /** Whether outputs are finite. */
    FINITE,
    /** Whether the probabilities of all basis states add up to 1. */
    NORM,
    /** Whether gradients agree with finite differences. */
    GRADIENTS,
    /** Whether an engine gives values that are known, or those of another engine. */
    AGREEMENT,
    /** What the part's kind asks for, by the check that comes with it. */
    KIND,
    /** Whether options are refused or work. */
    OPTIONS,
    /** Whether what is closed gives its memory back. */
    MEMORY,
    /** Whether a call returns in time. */
    TIME,
    /** Whether a call throws what it may. */
    EXCEPTION
  }

  /** The check in lower case, and the message. */
  @Override
  public String toString() {
    return check.name().toLowerCase(java.util.Locale.ROOT) + ": " + message;
  }
}
