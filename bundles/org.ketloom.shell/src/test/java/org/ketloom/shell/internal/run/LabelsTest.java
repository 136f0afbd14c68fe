package org.ketloom.shell.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsTest {
  private static final List<String> CLASSES = List.of("cat", "dog", "owl");

  @Test
  void readsRangesNamesAndAny() {
    assertEquals(List.of(0, 1, 2), Labels.parse("all", CLASSES));
    assertEquals(List.of(0, 1, 2), Labels.parse("0-2", CLASSES));
    assertEquals(List.of(2, 0, -1, 1), Labels.parse("owl, 0,any,1", CLASSES));
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "0-3", "2-1", "cow", "", "-1", "99999999999"})
  void namesWhatIsNoClass(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Labels.parse(text, CLASSES))
            .getMessage();
    assertTrue(message.contains("\"" + text + "\" is not a class; classes are 0 (cat)"), message);
  }
}
