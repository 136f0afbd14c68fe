package org.ketloom.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class LineChartTest {
  private static String svg(boolean logarithmic, LineChart.Point... points) {
    return new LineChart(
            "A & B",
            "epoch",
            "distance",
            logarithmic,
            List.of(new LineChart.Series("ours", true, List.of(points))))
        .svg();
  }

  @Test
  void pointsLieBetweenTheAxes() {
    String svg = svg(false, new LineChart.Point(1, 0), new LineChart.Point(2, 10));
    assertTrue(svg.contains("A &amp; B"), svg);
    // From the left end to the right one, upwards.
    assertTrue(svg.contains("points=\"76.0,"), svg);
    assertTrue(svg.contains(" 610.0,"), svg);
    assertEquals(2, svg.split("<circle").length - 1);
  }

  @Test
  void aLogarithmicAxisLeavesOutWhatItCantShow() {
    String svg =
        svg(
            true,
            new LineChart.Point(1, 0),
            new LineChart.Point(2, 1e-4),
            new LineChart.Point(3, Double.NaN),
            new LineChart.Point(4, 10));
    assertEquals(2, svg.split("<circle").length - 1);
    assertTrue(svg.contains(">1e-04<") && svg.contains(">1<"), svg);
  }

  @Test
  void nothingToShowIsAnEmptyFrame() {
    assertTrue(svg(false).endsWith("</svg>\n"));
  }
}
