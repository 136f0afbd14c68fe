package org.ketloom.observable.pauli;

import java.util.ArrayList;
import java.util.List;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Fixed Pauli observables. A single letter reads that Pauli on every wire, wire 0 first; a longer
 * string is one observable with a letter per wire, I for those that it doesn't touch. {@code Z} is
 * the usual readout, {@code X,Z} reads X on every wire and then Z.
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
    @Option("single letters (on every wire) or strings with a letter per wire, of I, X, Y, Z")
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
      if (!string.matches("[IXYZ]*[XYZ][IXYZ]*")) {
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
                + " wires; give one letter per wire, or a single letter for all");
      }
    }
    return observables;
  }

  private static PauliTerm term(String string) {
    List<Integer> wires = new ArrayList<>();
    List<Pauli> paulis = new ArrayList<>();
    for (int wire = 0; wire < string.length(); wire++) {
      if (string.charAt(wire) != 'I') {
        wires.add(wire);
        paulis.add(Pauli.valueOf(string.substring(wire, wire + 1)));
      }
    }
    return new PauliTerm(1, wires, paulis);
  }
}
