package org.ketloom.api.circuit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Pauli string with a coefficient; wires that are not named carry the identity.
 *
 * @param coefficient real factor
 * @param wires the wires acted on; may be empty for a multiple of the identity
 * @param paulis one matrix per wire
 */
public record PauliTerm(double coefficient, List<Integer> wires, List<Pauli> paulis) {

  private static final Pattern STRING = Pattern.compile("(?:[XYZ]\\d+)(?:\\s+[XYZ]\\d+)*|I");
  private static final Pattern FACTOR = Pattern.compile("([XYZ])(\\d+)");

  /** Copies and checks that there is one matrix per wire and the coefficient is finite. */
  public PauliTerm {
    wires = List.copyOf(wires);
    paulis = List.copyOf(paulis);
    if (wires.size() != paulis.size()) {
      throw new IllegalArgumentException(
          "a Pauli term needs one matrix per wire, found " + paulis + " on wires " + wires);
    }
    if (!Double.isFinite(coefficient)) {
      throw new IllegalArgumentException("Pauli coefficient " + coefficient + " must be finite");
    }
  }

  /** One matrix on one wire, coefficient 1. */
  public static PauliTerm of(Pauli pauli, int wire) {
    return new PauliTerm(1, List.of(wire), List.of(pauli));
  }

  /**
   * A string as it is written: {@code "Z0 X1"}, or {@code "I"} for the identity; coefficient 1.
   *
   * @throws IllegalArgumentException if the text is no such string, or names a wire twice
   */
  public static PauliTerm parse(String text) {
    String string = text.strip();
    if (!STRING.matcher(string).matches()) {
      throw new IllegalArgumentException(
          "a Pauli string is like \"Z0 X1\" or \"I\", found \"" + text + "\"");
    }
    List<Integer> wires = new ArrayList<>();
    List<Pauli> paulis = new ArrayList<>();
    Matcher factors = FACTOR.matcher(string);
    while (factors.find()) {
      paulis.add(Pauli.valueOf(factors.group(1)));
      wires.add(wire(factors.group(2), text));
    }
    if (new HashSet<>(wires).size() != wires.size()) {
      throw new IllegalArgumentException("the Pauli string \"" + text + "\" names a wire twice");
    }
    return new PauliTerm(1, wires, paulis);
  }

  /** This string with its coefficient multiplied by a factor. */
  public PauliTerm times(double factor) {
    return new PauliTerm(coefficient * factor, wires, paulis);
  }

  private static int wire(String digits, String text) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the Pauli string \"" + text + "\" names wire " + digits + ", beyond all wires", e);
    }
  }

  /** The string as {@link #parse} reads it, after its coefficient if that isn't 1. */
  @Override
  public String toString() {
    List<String> factors = new ArrayList<>();
    for (int i = 0; i < wires.size(); i++) {
      factors.add(paulis.get(i) + "" + wires.get(i));
    }
    String string = factors.isEmpty() ? "I" : String.join(" ", factors);
    return coefficient == 1 ? string : coefficient + " " + string;
  }
}
