package org.ketloom.study;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ketloom.runtime.blueprint.Draft;

/**
 * Blueprints x seeds: each is trained in a run of its own and evaluated. The study's folder holds
 *
 * <pre>
 * table.md table.csv   mean and standard deviation over the seeds, by cell
 * runs.csv             every run
 * grids/               a picture per cell: the last grid of its first seed
 * cells/CELL/seed-1/   the runs; result.json has what was measured, failure.txt what went wrong
 * </pre>
 *
 * @param title of the table; by default the name of the study's folder
 * @param blueprint what every cell begins with
 * @param axes by name, in order, the values by name, each with its changes of the Blueprint in the
 *     form {@code path=value}; the cells are the product of the axes
 * @param seeds of the runs of each cell; at least one, all different
 * @param evaluation what is measured of each run
 */
public record GridStudy(
    Optional<String> title,
    Draft blueprint,
    Map<String, Map<String, List<String>>> axes,
    List<Long> seeds,
    EvaluationSettings evaluation)
    implements Study {

  /**
   * A place of the grid.
   *
   * @param choices value by axis
   * @param assignments what they change in the Blueprint
   */
  public record Cell(Map<String, String> choices, List<String> assignments) {
    /** Copies both, in their order. */
    public Cell {
      choices = Collections.unmodifiableMap(new LinkedHashMap<>(choices));
      assignments = List.copyOf(assignments);
    }

    /** The choices for people; {@code base} where there are none. */
    public String name() {
      return choices.isEmpty()
          ? "base"
          : String.join(
              ", ", choices.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList());
    }

    /** The name as that of a file. */
    public String slug() {
      return name().replaceAll("[^A-Za-z0-9.]+", "-").replaceAll("^-|-$", "");
    }
  }

  /**
   * Copies the axes and seeds, in their order.
   *
   * @throws IllegalArgumentException if there is no seed, or an axis without values
   */
  public GridStudy {
    Map<String, Map<String, List<String>>> copy = new LinkedHashMap<>();
    axes.forEach(
        (axis, values) -> {
          if (values.isEmpty()) {
            throw new IllegalArgumentException("axis \"" + axis + "\" has no values");
          }
          copy.put(axis, Collections.unmodifiableMap(new LinkedHashMap<>(values)));
        });
    axes = Collections.unmodifiableMap(copy);
    seeds = List.copyOf(seeds);
    if (seeds.isEmpty()) {
      throw new IllegalArgumentException("a grid needs at least one seed");
    }
  }

  /** All cells; the values of the last axis vary fastest. */
  public List<Cell> cells() {
    List<Cell> cells = List.of(new Cell(Map.of(), List.of()));
    for (Map.Entry<String, Map<String, List<String>>> axis : axes.entrySet()) {
      List<Cell> next = new ArrayList<>();
      for (Cell cell : cells) {
        axis.getValue()
            .forEach(
                (value, changes) -> {
                  Map<String, String> choices = new LinkedHashMap<>(cell.choices());
                  choices.put(axis.getKey(), value);
                  List<String> assignments = new ArrayList<>(cell.assignments());
                  assignments.addAll(changes);
                  next.add(new Cell(choices, assignments));
                });
      }
      cells = next;
    }
    return cells;
  }
}
