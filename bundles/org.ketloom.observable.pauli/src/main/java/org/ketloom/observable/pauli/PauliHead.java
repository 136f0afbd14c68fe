package org.ketloom.observable.pauli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Fixed Pauli observables. A single letter reads that Pauli on every wire, wire 0 first; a longer
 * string is one observable with a letter per wire, I for those that it doesn't touch. A string that
 * ends in an asterisk is read on every set of so many neighbours, on from the last wire to the
 * first. {@code Z} is the usual readout, {@code X,Z} reads X on every wire and then Z, {@code ZZ*}
 * the parities of all neighbours.
 *
 * @param strings the strings, of the letters I, X, Y, Z
 */
@Component(
    service = ObservableHead.class,
    property = {
      Part.NAME + "=pauli",
      Part.DESCRIPTION + "=Fixed Pauli strings; a single letter reads every qubit"
    })
public record PauliHead(
    @Option(
            "single letters (on every wire), strings with a letter per wire, or such as ZZ* (on all"
                + " neighbours), of I, X, Y, Z")
        List<String> strings)
    implements ObservableHead {

  /** Z on every wire. */
  public PauliHead() {
    this(List.of("Z"));
  }

  /** Checks the letters. */
  public PauliHead {
    strings = List.copyOf(strings);
    if (strings.isEmpty()) {
      throw new IllegalArgumentException("strings is empty; give at least one, for example Z");
    }
    for (String string : strings) {
      if (!string.matches("[IXYZ]*[XYZ][IXYZ]*[*]?")) {
        throw new IllegalArgumentException(
            "\""
                + string
                + "\" is not a Pauli string; it takes the letters I, X, Y, Z and at least one that"
                + " isn't I");
      }
    }
  }

  @Override
  public int outputs(int wires) {
    return observables(wires).size();
  }

  @Override
  public void append(CircuitBuilder circuit) {
    observables(circuit.wires()).forEach(circuit::expect);
  }

  private List<PauliTerm> observables(int wires) {
    List<PauliTerm> observables = new ArrayList<>();
    for (String string : strings) {
      if (string.length() == 1) {
        for (int wire = 0; wire < wires; wire++) {
          observables.add(PauliTerm.of(Pauli.valueOf(string), wire));
        }
      } else if (string.endsWith("*")) {
        observables.addAll(windows(string.substring(0, string.length() - 1), wires));
      } else if (string.length() == wires) {
        observables.add(term(string));
      } else {
        throw new IllegalArgumentException(
            "observable \"pauli\": \""
                + string
                + "\" has "
                + string.length()
                + " letters for "
                + wires
                + " wires; give one letter per wire, a single letter for all, or "
                + string
                + "* for all neighbours");
      }
    }
    return observables;
  }

  private static List<PauliTerm> windows(String string, int wires) {
    if (string.length() > wires) {
      throw new IllegalArgumentException(
          "observable \"pauli\": \""
              + string
              + "*\" has "
              + string.length()
              + " letters for "
              + wires
              + " wires; give no more letters than wires");
    }
    // All wires together are one set of neighbours, wherever it begins.
    int windows = string.length() == wires ? 1 : wires;
    return IntStream.range(0, windows).mapToObj(first -> term(string, first, wires)).toList();
  }

  private static PauliTerm term(String string) {
    return term(string, 0, string.length());
  }

  /** A string on neighbours from a wire on, in the order of the wires. */
  private static PauliTerm term(String string, int first, int count) {
    char[] letters = "I".repeat(count).toCharArray();
    for (int k = 0; k < string.length(); k++) {
      letters[(first + k) % count] = string.charAt(k);
    }
    List<Integer> wires = new ArrayList<>();
    List<Pauli> paulis = new ArrayList<>();
    for (int wire = 0; wire < count; wire++) {
      if (letters[wire] != 'I') {
        wires.add(wire);
        paulis.add(Pauli.valueOf(String.valueOf(letters[wire])));
      }
    }
    return new PauliTerm(1, wires, paulis);
  }
}
