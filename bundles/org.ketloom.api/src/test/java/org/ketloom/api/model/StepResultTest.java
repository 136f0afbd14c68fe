package org.ketloom.api.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepResultTest {
  private static StepResult of(double loss, double spread, double gradient) {
    Map<String, Double> quantities = new LinkedHashMap<>();
    quantities.put("spread", spread);
    quantities.put("gradient", gradient);
    return new StepResult(loss, quantities);
  }

  @Test
  void theLossComesFirst() {
    Map<String, Double> all = of(0.5, 1, 2).byName();
    assertEquals(List.of("loss", "spread", "gradient"), List.copyOf(all.keySet()));
    assertEquals(List.of(0.5, 1.0, 2.0), List.copyOf(all.values()));
    assertEquals(Map.of("loss", 3.0), StepResult.of(3).byName());
  }

  @Test
  void aQuantityIsNotCalledLoss() {
    Map<String, Double> quantities = Map.of("loss", 1.0);
    assertThrows(IllegalArgumentException.class, () -> new StepResult(1, quantities));
  }

  @Test
  void namesTheFirstNumberThatIsNotFinite() {
    StepResult fine = of(0.5, 1, 2);
    assertSame(fine, fine.requireFinite());
    assertEquals("loss became NaN", refused(of(Double.NaN, 1, Double.NaN)));
    assertEquals("gradient became -Infinity", refused(of(1, 1, Double.NEGATIVE_INFINITY)));
  }

  private static String refused(StepResult result) {
    return assertThrows(ArithmeticException.class, result::requireFinite).getMessage();
  }
}
