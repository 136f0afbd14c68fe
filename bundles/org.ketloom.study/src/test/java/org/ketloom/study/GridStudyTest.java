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
    return new GridStudy(
        Optional.empty(), new Text("{}", "here"), axes, seeds, EvaluationSettings.of(20, 2));
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
  void anAxisWithoutValuesAndAGridWithoutSeedsAreRefused() {
    assertEquals(
        "axis \"a\" has no values",
        assertThrows(IllegalArgumentException.class, () -> grid(Map.of("a", Map.of()), List.of(1L)))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> grid(Map.of(), List.of()));
  }
}
