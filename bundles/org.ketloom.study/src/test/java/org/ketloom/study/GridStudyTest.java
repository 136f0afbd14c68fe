package org.ketloom.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.ketloom.runtime.blueprint.Draft;

class GridStudyTest {
  private static GridStudy grid(Map<String, Map<String, List<String>>> axes, List<Long> seeds) {
    return grid(axes, Map.of(), seeds);
  }

  private static GridStudy grid(
      Map<String, Map<String, List<String>>> axes,
      Map<String, List<String>> drawing,
      List<Long> seeds) {
    return new GridStudy(
        Optional.empty(),
        new Text("{}", "here"),
        axes,
        drawing,
        seeds,
        EvaluationSettings.of(20, 2));
  }

  private record Text(String json, String source) implements Draft {}

  @Test
  void cellsAreTheProductOfTheAxesInTheirOrder() {
    Map<String, Map<String, List<String>>> axes = new LinkedHashMap<>();
    Map<String, List<String>> factors = new LinkedHashMap<>();
    factors.put("two, or so", List.of("b=2"));
    factors.put("one", List.of("b=1"));
    axes.put("skips", Map.of("on", List.of("a=true", "c=3")));
    axes.put("factor", factors);
    List<GridStudy.Cell> cells = grid(axes, List.of(1L)).cells();
    assertEquals(
        List.of("skips on, factor two, or so", "skips on, factor one"),
        cells.stream().map(GridStudy.Cell::name).toList());
    assertEquals(List.of("a=true", "c=3", "b=2"), cells.get(0).assignments());
    assertEquals("skips-on-factor-two-or-so", cells.get(0).slug());
  }

  @Test
  void withoutAxesThereIsOneCell() {
    List<GridStudy.Cell> cells = grid(Map.of(), List.of(1L)).cells();
    assertEquals(List.of("base"), cells.stream().map(GridStudy.Cell::slug).toList());
  }

  @Test
  void whatRunsDrawUnderIsAnAxisOfTheTableAlone() {
    Map<String, List<String>> drawing = new LinkedHashMap<>();
    drawing.put("0", List.of("parts.noise=none"));
    drawing.put("0.1", List.of("parts.noise=uniform", "parts.noise.options.bitFlip=0.1"));
    GridStudy grid = grid(Map.of("a", Map.of("b", List.of("c=1"))), drawing, List.of(1L));
    assertEquals(1, grid.cells().size());
    assertEquals(
        List.of("a b, drawing 0", "a b, drawing 0.1"),
        grid.conditions().stream().map(c -> grid.cells().get(0).under(c).name()).toList());
    GridStudy none = grid(Map.of(), List.of(1L));
    assertEquals("base", none.cells().get(0).under(none.conditions().get(0)).name());
  }

  @Test
  void optionsOfSamplingAreMeasuredWith() {
    GridStudy grid =
        grid(
            Map.of(),
            Map.of("strong", List.of("sampling.guidance=2", "engine=trajectories")),
            List.of(1L));
    GridStudy.Condition strong = grid.conditions().get(0);
    assertEquals(List.of("engine=trajectories"), strong.conditions().changes());
    assertEquals(Map.of("guidance", "2"), strong.evaluation().sampling());
    assertEquals(Map.of(), grid.evaluation().sampling());
  }

  @Test
  void drawingChangesNoiseEngineAndSamplingAlone() {
    String told =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    grid(
                        Map.of(), Map.of("deeper", List.of("model.options.layers=9")), List.of(1L)))
            .getMessage();
    assertEquals(
        "drawing \"deeper\": \"model.options.layers=9\" changes more than how a trained model is"
            + " run: parts.noise and engine can be changed here, and options as sampling.NAME",
        told);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            grid(
                Map.of("drawing", Map.of("b", List.of("c=1"))),
                Map.of("0", List.of("engine=trajectories")),
                List.of(1L)));
  }

  @Test
  void anAxisWithoutValuesAndAGridWithoutSeedsAreRefused() {
    assertEquals(
        "axis \"a\" has no values",
        assertThrows(IllegalArgumentException.class, () -> grid(Map.of("a", Map.of()), List.of(1L)))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> grid(Map.of(), List.of()));
  }
}
