package org.ketloom.runtime.internal.folder;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.ketloom.api.model.StepResult;
import org.ketloom.files.Causes;
import org.ketloom.files.RegularFile;
import org.ketloom.files.Untrusted;

/** The quantities of every step: a CSV file, and in memory for the curves. */
public final class LossLog implements AutoCloseable {
  private static final String LOSS = "loss";

  /** Step, epoch and loss stand before the further quantities. */
  private static final int FIRST_OTHER = 3;

  /** Some five million steps. */
  private static final int LARGEST = 1 << 29;

  /**
   * The quantities of a step.
   *
   * @param step number of the step, from 1
   * @param epoch number of the epoch, from 1
   * @param loss its loss
   * @param others its further quantities, in the order of {@link #names}; exact enough to be drawn,
   *     since a long training has many of them; not copied
   */
  public record Row(long step, int epoch, double loss, float[] others) {
    /** One of the further quantities; NaN where the step has none. */
    double quantity(int place) {
      return place < others.length ? others[place] : Double.NaN;
    }
  }

  private final Path file;
  private final List<Row> rows;
  private final Writer writer;
  private List<String> columns;

  private LossLog(Path file, List<Row> rows, List<String> columns, Writer writer) {
    this.file = file;
    this.rows = rows;
    this.columns = columns;
    this.writer = writer;
  }

  /**
   * Opens a log, and drops what comes after a step: those steps will be made again.
   *
   * @throws IOException naming the file that can't be read or written, or the line that is wrong
   */
  public static LossLog open(Path file, long lastStep) throws IOException {
    List<String> columns = List.of();
    List<Row> rows = new ArrayList<>();
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      String text = text(file);
      List<String> lines = lines(text);
      List<String> kept = new ArrayList<>();
      if (!lines.isEmpty()) {
        columns = columns(lines.get(0), file);
        kept.add(lines.get(0));
      }
      for (int i = 1; i < lines.size(); i++) {
        Row row = row(lines.get(i), columns, file, i + 1);
        if (row.step() <= lastStep) {
          rows.add(row);
          kept.add(lines.get(i));
        }
      }
      if (rows.isEmpty()) {
        columns = List.of();
        kept.clear();
      }
      String left = String.join("\n", kept) + (kept.isEmpty() ? "" : "\n");
      if (!left.equals(text)) {
        RunFiles.writeText(file, left);
      }
    }
    try {
      return new LossLog(
          file,
          rows,
          columns,
          new BufferedWriter(
              new OutputStreamWriter(RegularFile.append(file), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new IOException(file + " can't be written: " + Causes.of(e), e);
    }
  }

  /** The last step that is in a log, which may be written at the same time. */
  public static OptionalLong lastStep(Path file) throws IOException {
    if (!Files.exists(file)) {
      return OptionalLong.empty();
    }
    return lines(text(file)).stream()
        .map(line -> line.split(",", 2)[0])
        .filter(cell -> cell.matches("\\d{1,18}"))
        .mapToLong(Long::parseLong)
        .reduce((a, b) -> b);
  }

  /** Adds a step; numbers are counted from 1. */
  public void add(long step, int epoch, StepResult result) throws IOException {
    Map<String, Double> quantities = result.byName();
    StringBuilder text = new StringBuilder();
    if (columns.isEmpty()) {
      List<String> header = new ArrayList<>(List.of("step", "epoch"));
      header.addAll(quantities.keySet());
      columns = header;
      text.append(String.join(",", header)).append('\n');
    }
    text.append(step).append(',').append(epoch);
    float[] others = new float[columns.size() - FIRST_OTHER];
    for (int i = 2; i < columns.size(); i++) {
      Double value = quantities.get(columns.get(i));
      text.append(',').append(value == null ? "" : value.toString());
      if (i >= FIRST_OTHER) {
        others[i - FIRST_OTHER] = value == null ? Float.NaN : value.floatValue();
      }
    }
    try {
      writer.append(text.append('\n')).flush();
    } catch (IOException e) {
      throw new IOException(file + " can't be written: " + Causes.of(e), e);
    }
    rows.add(new Row(step, epoch, result.loss(), others));
  }

  /** All steps, in order. */
  public List<Row> rows() {
    return rows;
  }

  /** Names of the quantities besides the loss, in the order of the file. */
  public List<String> names() {
    return columns.size() > FIRST_OTHER
        ? List.copyOf(columns.subList(FIRST_OTHER, columns.size()))
        : List.of();
  }

  /** Mean loss of an epoch, counted from 1. */
  public double mean(int epoch) {
    return rows.stream()
        .filter(row -> row.epoch() == epoch)
        .mapToDouble(Row::loss)
        .average()
        .orElse(Double.NaN);
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  /** The whole lines: one without an end is being written, or was when the process was killed. */
  static List<String> lines(String text) {
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  static String text(Path file) throws IOException {
    try {
      return RegularFile.text(file, LARGEST);
    } catch (IOException e) {
      throw new IOException(file + " can't be read: " + Causes.of(e), e);
    }
  }

  /** The names in the first line. */
  static List<String> columns(String header, Path file) throws IOException {
    List<String> columns = List.of(header.split(","));
    if (columns.size() < FIRST_OTHER
        || !columns.subList(0, FIRST_OTHER).equals(List.of("step", "epoch", LOSS))) {
      throw wrong(file, 1, header);
    }
    return columns;
  }

  static Row row(String line, List<String> columns, Path file, int number) throws IOException {
    String[] cells = line.split(",", -1);
    try {
      if (cells.length == columns.size()) {
        float[] others = new float[cells.length - FIRST_OTHER];
        for (int i = 0; i < others.length; i++) {
          String cell = cells[FIRST_OTHER + i];
          others[i] = cell.isEmpty() ? Float.NaN : Float.parseFloat(cell);
        }
        return new Row(
            Long.parseLong(cells[0]),
            Integer.parseInt(cells[1]),
            Double.parseDouble(cells[2]),
            others);
      }
    } catch (NumberFormatException e) {
      throw wrong(file, number, line);
    }
    throw wrong(file, number, line);
  }

  private static IOException wrong(Path file, int number, String line) {
    return new IOException(
        file
            + ", line "
            + number
            + ": step, epoch, loss and so on are expected, found \""
            + Untrusted.printable(line.length() > 60 ? line.substring(0, 57) + "..." : line)
            + "\"; move the file away to begin a new one");
  }
}
