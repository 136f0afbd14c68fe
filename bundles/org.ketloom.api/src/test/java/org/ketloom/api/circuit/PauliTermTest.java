package org.ketloom.api.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class PauliTermTest {

  @Test
  void parsesStrings() {
    assertEquals(
        new PauliTerm(1, List.of(0, 12), List.of(Pauli.Z, Pauli.X)), PauliTerm.parse(" Z0  X12 "));
    assertEquals(new PauliTerm(1, List.of(), List.of()), PauliTerm.parse("I"));
    assertEquals("0.5 Y3 Z1", PauliTerm.parse("Y3 Z1").times(0.5).toString());
    assertEquals("I", PauliTerm.parse("I").toString());
  }

  @Test
  void refusesWhatIsNoString() {
    for (String text : List.of("", "ZZ", "z0", "Z0X1", "I0", "Z-1", "Z0, Z1")) {
      assertRefused("a Pauli string is like \"Z0 X1\" or \"I\", found \"" + text + "\"", text);
    }
    assertRefused("the Pauli string \"X1 Z1\" names a wire twice", "X1 Z1");
    assertRefused(
        "the Pauli string \"Z99999999999\" names wire 99999999999, beyond all wires",
        "Z99999999999");
  }

  private static void assertRefused(String message, String text) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> PauliTerm.parse(text)).getMessage());
  }
}
