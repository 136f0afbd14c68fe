package org.ketloom.study;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came out of a study.
 *
 * @param state how it ended
 * @param folder where the files are
 * @param table for people, as in {@code table.md}; empty if the study was stopped
 * @param rows the values of the table
 */
public record StudyResult(State state, Path folder, List<String> table, List<Row> rows) {

  /** How a study ended. */
  public enum State {
    /** All was measured. */
    FINISHED,
    /** All that could be measured was; some parts failed. */
    INCOMPLETE,
    /** It was stopped before the end. */
    STOPPED
  }

  /**
   * A row of the table.
   *
   * @param at where it was measured: the choices of a cell, the number of shots, ...
   * @param values by measure
   */
  public record Row(Map<String, String> at, Map<String, Statistics> values) {
    /** Copies both, in their order. */
    public Row {
      at = Collections.unmodifiableMap(new LinkedHashMap<>(at));
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
  }

  /** Copies the lists. */
  public StudyResult {
    table = List.copyOf(table);
    rows = List.copyOf(rows);
  }
}
