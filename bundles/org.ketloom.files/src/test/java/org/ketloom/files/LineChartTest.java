package org.ketloom.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

  /** Few powers of ten have ticks between them, which read as they should. */
  @Test
  void aLogarithmicAxisOfOneDecade() {
    String svg = svg(true, new LineChart.Point(3, 0.04), new LineChart.Point(7, 0.6));
    for (String tick : List.of("0.05", "0.1", "0.2", "0.5")) {
      assertTrue(svg.contains(">" + tick + "<"), svg);
    }
    assertFalse(svg.contains(">0.02<") || svg.contains(">1<"), svg);
  }

  @Test
  void stylesAndColours() {
    List<LineChart.Point> points =
        List.of(new LineChart.Point(0, 0), new LineChart.Point(1, 1), new LineChart.Point(2, 0));
    String svg =
        new LineChart(
                "t",
                "x",
                "y",
                false,
                List.of(
                    new LineChart.Series("", LineChart.Style.DOTS, points),
                    new LineChart.Series("", LineChart.Style.LINE, points),
                    new LineChart.Series("", LineChart.Style.DASHED, points)))
            .svg();
    // Dots have the colour of their line; no legend, so that the axis ends at the right margin.
    assertEquals(3, svg.split("h0").length - 1);
    assertEquals(2, svg.split("stroke=\"#0072b2\"").length - 1);
    assertEquals(1, svg.split("stroke-dasharray").length - 1);
    assertEquals(3, svg.split("fill=\"#d55e00\"").length - 1);
    assertTrue(svg.contains(" 780.0,"), svg);
    assertFalse(svg.contains("h22"), svg);
  }

  @Test
  void nothingToShowIsAnEmptyFrame() {
    assertTrue(svg(false).endsWith("</svg>\n"));
  }
}
