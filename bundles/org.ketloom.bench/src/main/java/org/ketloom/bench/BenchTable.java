package org.ketloom.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.RegularFile;

/**
 * Rows that were measured, in a CSV file (RFC 4180) that is written anew with each row, or in
 * memory alone.
 */
public final class BenchTable {
  private static final List<String> HEADER =
      Stream.of(BenchRow.KEYS, BenchRow.VALUES, List.of(BenchRow.SPECTRUM))
          .flatMap(List::stream)
          .toList();

  /** The largest file that is read. */
  private static final int MAX_BYTES = 64 << 20;

  private final Optional<Path> file;
  private final List<BenchRow> rows = new ArrayList<>();

  private BenchTable(Optional<Path> file) {
    this.file = file;
  }

  /** A table that is kept nowhere. */
  public static BenchTable inMemory() {
    return new BenchTable(Optional.empty());
  }

  /**
   * A table in a file, with the rows that are in it already.
   *
   * @param file need not exist
   * @throws IOException if it can't be read, or isn't such a table: it is left as it is
   */
  public static BenchTable in(Path file) throws IOException {
    BenchTable table = new BenchTable(Optional.of(file));
    if (Files.exists(file)) {
      String text = new String(RegularFile.read(file, MAX_BYTES), StandardCharsets.UTF_8);
      List<List<String>> lines = lines(text);
      if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
        throw new IOException(
            file
                + " isn't a table of the circuit bench: it begins with \""
                + text.lines().findFirst().orElse("")
                + "\", expected the "
                + HEADER.size()
                + " columns from "
                + HEADER.get(0)
                + " to "
                + HEADER.get(HEADER.size() - 1)
                + "; name another file");
      }
      for (int i = 1; i < lines.size(); i++) {
        table.rows.add(row(lines.get(i), file + ", row " + i));
      }
    }
    return table;
  }

  private static BenchRow row(List<String> cells, String where) throws IOException {
    if (cells.size() != HEADER.size()) {
      throw new IOException(where + " has " + cells.size() + " cells, expected " + HEADER.size());
    }
    Map<String, String> key = new LinkedHashMap<>();
    Map<String, Double> values = new LinkedHashMap<>();
    List<Double> spectrum = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      String column = HEADER.get(i);
      String cell = cells.get(i);
      if (i < BenchRow.KEYS.size()) {
        key.put(column, cell);
      } else if (!column.equals(BenchRow.SPECTRUM)) {
        values.put(column, cell.isEmpty() ? Double.NaN : number(cell, column, where));
      } else if (!cell.isEmpty()) {
        for (String eigenvalue : cell.split(" ", -1)) {
          spectrum.add(number(eigenvalue, column, where));
        }
      }
    }
    return new BenchRow(key, values, spectrum);
  }

  private static double number(String text, String column, String where) throws IOException {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IOException(where + ": " + column + " is \"" + text + "\", expected a number", e);
    }
  }

  /** The row of a circuit that was measured so, if it is there. */
  Optional<BenchRow> find(Map<String, String> key) {
    return rows.stream().filter(row -> row.key().equals(key)).findFirst();
  }

  /** Adds a row, and writes all. */
  void add(BenchRow row) throws IOException {
    rows.add(row);
    if (file.isPresent()) {
      byte[] text = csv().getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(file.get(), out -> out.write(text));
    }
  }

  /** All rows, those of other circuits too that were in the file. */
  public List<BenchRow> rows() {
    return List.copyOf(rows);
  }

  /** The table as text. */
  public String csv() {
    StringBuilder text = new StringBuilder(String.join(",", HEADER)).append('\n');
    for (BenchRow row : rows) {
      List<String> cells = new ArrayList<>();
      BenchRow.KEYS.forEach(column -> cells.add(quoted(row.text(column))));
      BenchRow.VALUES.forEach(
          column -> cells.add(Double.isNaN(row.value(column)) ? "" : "" + row.value(column)));
      cells.add(row.spectrum().stream().map(String::valueOf).collect(Collectors.joining(" ")));
      text.append(String.join(",", cells)).append('\n');
    }
    return text.toString();
  }

  private static String quoted(String cell) {
    return cell.matches("[^,\"\r\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  private static List<List<String>> lines(String text) {
    return text.lines()
        .filter(line -> !line.isBlank())
        .map(BenchTable::cells)
        .collect(Collectors.toList());
  }

  /** The cells of a line; no cell of a bench has a line break. */
  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
