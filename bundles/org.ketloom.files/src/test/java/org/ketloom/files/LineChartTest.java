package org.ketloom.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
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

  private static LineChart of(
      boolean logarithmic, LineChart.Style style, LineChart.Point... points) {
    return new LineChart(
        "t", "x", "y", logarithmic, List.of(new LineChart.Series("a", style, List.of(points))));
  }

  /** The labels beside the vertical axis, or below the horizontal one. */
  private static List<String> labels(String svg, String anchor) {
    return Pattern.compile("text-anchor=\"" + anchor + "\">(-?[0-9.e+-]+)<")
        .matcher(svg)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  @Test
  void anAxisHasAsManyTicksAsThereIsRoomFor() {
    String svg =
        of(
                false,
                LineChart.Style.LINE,
                new LineChart.Point(0, 0.0301),
                new LineChart.Point(6, 0.0332))
            .svg();
    assertEquals(
        List.of("0.03", "0.0305", "0.031", "0.0315", "0.032", "0.0325", "0.033"),
        labels(svg, "end"));
  }

  @Test
  void wholeNumbersHaveTicksAtWholeNumbers() {
    String few =
        of(false, LineChart.Style.LINE, new LineChart.Point(2, 0), new LineChart.Point(5, 1)).svg();
    assertEquals(List.of("2", "3", "4", "5"), labels(few, "middle"));
    String between =
        of(false, LineChart.Style.LINE, new LineChart.Point(0.5, 0), new LineChart.Point(2, 1))
            .svg();
    assertTrue(labels(between, "middle").contains("1.2"), between);
  }

  @Test
  void aLogarithmicAxisOfLittleSpanHasEnoughTicks() {
    String svg =
        of(
                true,
                LineChart.Style.LINE,
                new LineChart.Point(1, 2.1e-4),
                new LineChart.Point(2, 4.4e-4))
            .svg();
    assertTrue(labels(svg, "end").size() >= 5, svg);
    assertTrue(svg.contains(">2.4e-04<") && svg.contains(">4e-04<"), svg);
  }

  @Test
  void aConstantIsReadAsExactlyAsACurve() {
    String svg =
        of(false, LineChart.Style.LINE, new LineChart.Point(1, 0.04), new LineChart.Point(9, 0.04))
            .svg();
    assertEquals("0.02", labels(svg, "end").get(0));
    assertTrue(labels(svg, "end").contains("0.04"), svg);
    assertTrue(labels(svg, "end").size() >= 5, svg);
  }

  @Test
  void errorBarsAndFitsBelongToTheirCurve() {
    LineChart chart =
        new LineChart(
            "t",
            "x",
            "y",
            true,
            List.of(
                new LineChart.Series(
                    "measured",
                    LineChart.Style.MARKED,
                    List.of(
                        new LineChart.Point(1, 1, 0.1, 10),
                        new LineChart.Point(2, 1, -1, 10),
                        new LineChart.Point(3, 1, Double.NaN, Double.NaN))),
                new LineChart.Series("", LineChart.Style.FIT, List.of(new LineChart.Point(1, 1))),
                new LineChart.Series(
                    "next", LineChart.Style.MARKED, List.of(new LineChart.Point(1, 1)))));
    String svg = chart.svg();
    // One with both feet, one that goes down to the axis, none that isn't known.
    assertEquals(2, svg.split("h6m-3 0V").length - 1, svg);
    assertEquals(1, svg.split("m-3 0h6").length - 1, svg);
    assertTrue(svg.contains("V388.0\""), svg);
    assertTrue(
        svg.contains(
            "stroke=\"#0072b2\" stroke-width=\"1\" fill=\"none\" stroke-dasharray=\"2 3\""),
        svg);
    assertTrue(svg.contains(">next<"), svg);
    assertEquals(2, svg.split("h22").length - 1, "a fit has no legend");
    assertFalse(svg.contains("NaN"), svg);
  }

  @Test
  void chartsAreStacked() {
    LineChart chart = of(false, LineChart.Style.LINE, new LineChart.Point(1, 1));
    String svg = LineChart.stacked(List.of(chart, chart, chart));
    assertTrue(svg.contains("viewBox=\"0 0 800 940\""), svg);
    assertTrue(svg.contains("translate(0 440)") && svg.contains("translate(0 690)"), svg);
    assertEquals(3, svg.split(">t<").length - 1);
  }

  @Test
  void aLongNameHasRoomInTheLegend() {
    List<LineChart.Point> points = List.of(new LineChart.Point(0, 1), new LineChart.Point(1, 2));
    String name = "a name of thirty characters ok";
    String svg =
        new LineChart("title", "x", "y", false, List.of(new LineChart.Series(name, false, points)))
            .svg();
    assertTrue(svg.contains("viewBox=\"0 0 860 "), svg);
    assertTrue(svg.contains("<rect width=\"860\""), svg);
  }
}
