package org.ketloom.study;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.run.DrawingConditions;

/**
 * Blueprints x seeds: each is trained in a run of its own and evaluated. The study's folder holds
 *
 * <pre>
 * table.md table.csv   mean and standard deviation over the seeds, by cell
 * runs.csv             every run
 * grids/               a picture per cell: the last grid of its first seed
 * drawing.svg          the first measure by strength, where conditions of drawing are numbers
 * cells/CELL/seed-1/   the runs; result.json has what was measured, failure.txt what went wrong
 * </pre>
 *
 * @param title of the table; by default the name of the study's folder
 * @param blueprint what every cell begins with
 * @param axes by name, in order, the values by name, each with its changes of the Blueprint in the
 *     form {@code path=value}; the cells are the product of the axes
 * @param drawing how each trained run draws, by name: changes of {@code parts.noise} and {@code
 *     engine}, which leave the trained parameters as they are, and of options of sampling, {@code
 *     sampling.NAME}; each run is evaluated under every one of them, and the table has an axis
 *     {@value #DRAWING} for them. Empty for what the run was trained under.
 * @param seeds of the runs of each cell; at least one, all different
 * @param evaluation what is measured of each run
 */
public record GridStudy(
    Optional<String> title,
    Draft blueprint,
    Map<String, Map<String, List<String>>> axes,
    Map<String, List<String>> drawing,
    List<Long> seeds,
    EvaluationSettings evaluation)
    implements Study {
  /** Name of the axis of what the runs draw under. */
  public static final String DRAWING = "drawing";

  private static final String SAMPLING = "sampling.";

  /**
   * How a trained run draws.
   *
   * @param name of the condition; empty for what it was trained under
   * @param conditions what it changes of noise and engine
   * @param evaluation what is measured, with its options of sampling
   */
  public record Condition(
      String name, DrawingConditions conditions, EvaluationSettings evaluation) {

    private static Condition of(String name, List<String> changes, EvaluationSettings evaluation) {
      Map<String, String> sampling = new LinkedHashMap<>();
      List<String> others = new ArrayList<>();
      for (String change : changes) {
        String[] parts = change.split("=", 2);
        if (change.startsWith(SAMPLING) && parts.length == 2) {
          sampling.put(parts[0].substring(SAMPLING.length()), parts[1]);
        } else {
          others.add(change);
        }
      }
      return new Condition(name, new DrawingConditions(others), evaluation.with(sampling));
    }
  }

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

    /** The cell where its runs draw under a condition. */
    public Cell under(Condition condition) {
      if (condition.name().isEmpty()) {
        return this;
      }
      Map<String, String> all = new LinkedHashMap<>(choices);
      all.put(DRAWING, condition.name());
      return new Cell(all, assignments);
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
   * @throws IllegalArgumentException if there is no seed, an axis without values, one that is
   *     called {@value #DRAWING}, or a condition of drawing that changes more than noise, engine
   *     and options of sampling
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
    drawing = Collections.unmodifiableMap(new LinkedHashMap<>(drawing));
    EvaluationSettings settings = evaluation;
    drawing.forEach(
        (name, changes) -> {
          try {
            Condition.of(name, changes, settings);
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                "drawing \"" + name + "\": " + e.getMessage() + ", and options as sampling.NAME",
                e);
          }
        });
    if (axes.containsKey(DRAWING) && !drawing.isEmpty()) {
      throw new IllegalArgumentException(
          "an axis is called \"" + DRAWING + "\", as what the runs draw under is: rename it");
    }
    seeds = List.copyOf(seeds);
    if (seeds.isEmpty()) {
      throw new IllegalArgumentException("a grid needs at least one seed");
    }
  }

  /** What each run draws under, at least one. */
  public List<Condition> conditions() {
    return drawing.isEmpty()
        ? List.of(new Condition("", DrawingConditions.OF_TRAINING, evaluation))
        : drawing.entrySet().stream()
            .map(e -> Condition.of(e.getKey(), e.getValue(), evaluation))
            .toList();
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
