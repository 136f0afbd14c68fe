package org.ketloom.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WaysTest {

  /** Image to "way after step", of all ways in chunks of two. */
  private static Map<Integer, String> shown(Ways ways) {
    Map<Integer, String> found = new TreeMap<>();
    for (int from = 0; from < ways.count(); from += 2) {
      int first = from;
      int to = Math.min(ways.count(), from + 2);
      for (int done = 0; done <= ways.steps(); done++) {
        String after = " after " + done;
        int before = found.size();
        ways.show(from, to, done, (way, image) -> found.put(image, first + way + after));
        assertTrue(ways.shows(done) || found.size() == before);
      }
    }
    return found;
  }

  @Test
  void rowsGoFromNoiseToTheEnd() {
    Ways ways = new Ways(8, 3, 5);
    assertEquals(3, ways.count());
    assertTrue(ways.shows(0) && ways.shows(3) && ways.shows(5));
    assertFalse(ways.shows(1) || ways.shows(2) || ways.shows(4));
    assertEquals(
        Map.of(
            0,
            "0 after 0",
            1,
            "0 after 3",
            2,
            "0 after 5",
            3,
            "1 after 0",
            4,
            "1 after 3",
            5,
            "1 after 5",
            6,
            "2 after 0",
            7,
            "2 after 3"),
        shown(ways));
    int[] asked = {4, 5, 6, 7, 8, 9, 1, 2};
    assertArrayEquals(new int[] {4, 7, 1}, ways.labels(asked));
    assertArrayEquals(new int[] {4, 4, 4, 7, 7, 7, 1, 1}, ways.shown(asked));
  }

  @Test
  void aRowLongerThanItsStepsShowsSomeTwice() {
    assertEquals(
        Map.of(0, "0 after 0", 1, "0 after 1", 2, "0 after 1", 3, "0 after 2", 4, "0 after 2"),
        shown(new Ways(5, 5, 2)));
  }

  @Test
  void oneInARowIsTheEnd() {
    Ways ways = new Ways(3, 1, 4);
    assertEquals(Map.of(0, "0 after 4", 1, "1 after 4", 2, "2 after 4"), shown(ways));
    assertArrayEquals(new int[] {7, -1, 2}, ways.labels(new int[] {7, -1, 2}));
  }
}
