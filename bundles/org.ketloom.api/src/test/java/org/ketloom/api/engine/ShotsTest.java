package org.ketloom.api.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShotsTest {

  @Test
  void seedsDependOnAllNumbersAndTheirOrder() {
    Shots shots = new Shots(100, 7);
    assertEquals(shots.at(1, 2), shots.at(1, 2));
    assertEquals(
        7,
        Stream.of(
                shots,
                shots.at(),
                shots.at(0),
                shots.at(0, 0),
                shots.at(1, 2),
                shots.at(2, 1),
                new Shots(100, 8).at(1, 2))
            .map(Shots::seed)
            .distinct()
            .count());
  }

  @Test
  void aNegativeNumberIsRefused() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new Shots(-1, 0));
    assertEquals(
        "shots must not be negative, found -1; 0 is for exact values", refused.getMessage());
  }
}
