package org.ketloom.runtime.internal.folder;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.ketloom.files.RegularFile;
import org.ketloom.files.Untrusted;
import org.ketloom.runtime.run.RunHistory;

/** Reads {@code loss.csv}, which may be written at the same time, for people to look at. */
public final class HistoryFile {
  /** Some five million steps. */
  private static final int LARGEST = 1 << 29;

  private static final Pattern COMMA = Pattern.compile(",");

  private final Path file;
  private long[] steps = new long[1024];
  private int[] epochs = new int[1024];
  private double[][] values = {};
  private int rows;

  private HistoryFile(Path file) {
    this.file = file;
  }

  /**
   * Reads the file of a run; without one the history is empty.
   *
   * @throws IOException naming the file, and the line that is damaged
   */
  public static RunHistory read(RunFiles files) throws IOException {
    Path file = files.lossTable();
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return new RunHistory(new long[0], new int[0], Map.of(RunHistory.LOSS, new double[0]));
    }
    return new HistoryFile(file).read();
  }

  private RunHistory read() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(RegularFile.open(file, LARGEST), StandardCharsets.UTF_8))) {
      String header = reader.readLine();
      String text = header == null ? "" : header;
      List<String> columns = List.of(COMMA.split(text));
      if (columns.size() < 3 || !columns.subList(0, 3).equals(List.of("step", "epoch", "loss"))) {
        throw wrong(1, text);
      }
      values = new double[columns.size() - 2][1024];
      String line = reader.readLine();
      for (int number = 2; line != null; number++) {
        String next = reader.readLine();
        // The last line may be the beginning of one that is being written.
        if (!add(COMMA.split(line, -1)) && next != null) {
          throw wrong(number, line);
        }
        line = next;
      }
      Map<String, double[]> byName = new LinkedHashMap<>();
      for (int i = 0; i < values.length; i++) {
        byName.put(columns.get(i + 2), Arrays.copyOf(values[i], rows));
      }
      return new RunHistory(Arrays.copyOf(steps, rows), Arrays.copyOf(epochs, rows), byName);
    }
  }

  private boolean add(String[] cells) {
    if (cells.length != values.length + 2) {
      return false;
    }
    if (rows == steps.length) {
      steps = Arrays.copyOf(steps, 2 * rows);
      epochs = Arrays.copyOf(epochs, 2 * rows);
      Arrays.setAll(values, i -> Arrays.copyOf(values[i], 2 * rows));
    }
    try {
      steps[rows] = Long.parseLong(cells[0]);
      epochs[rows] = Integer.parseInt(cells[1]);
      for (int i = 0; i < values.length; i++) {
        String cell = cells[i + 2];
        values[i][rows] = cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
      }
    } catch (NumberFormatException e) {
      return false;
    }
    rows++;
    return true;
  }

  private IOException wrong(int number, String line) {
    return new IOException(
        file
            + ", line "
            + number
            + ": step, epoch, loss and so on are expected, found \""
            + Untrusted.printable(line.length() > 60 ? line.substring(0, 57) + "..." : line)
            + "\"");
  }
}
