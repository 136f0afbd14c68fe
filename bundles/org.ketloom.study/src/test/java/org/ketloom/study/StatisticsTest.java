package org.ketloom.study;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void deviationIsThatOfTheSampleAndWhatIsNotFiniteDoesNotCount() {
    Statistics found = Statistics.of(List.of(3.0, 5.0, Double.NaN));
    assertEquals(new Statistics(2, 4, Math.sqrt(2)), found);
    assertEquals("4.0000 ± 1.4142", found.toString());
    assertEquals("3.0000", Statistics.of(List.of(3.0)).toString());
    assertEquals("-", Statistics.of(List.of()).toString());
  }

  @Test
  void numbersHaveFourDigitsThatCount() {
    assertEquals("0.0123", Statistics.number(0.01234));
    assertEquals("12.346", Statistics.number(12.3456));
    assertEquals("1.20e-04", Statistics.number(1.2e-4));
    assertEquals("-", Statistics.number(Double.POSITIVE_INFINITY));
  }
}
