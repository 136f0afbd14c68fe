package org.ketloom.runtime.internal.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.runtime.run.RunHistory;

/** Reads {@code loss.csv}, which may be written at the same time, for people to look at. */
public final class HistoryFile {
  private HistoryFile() {}

  /**
   * Reads the file of a run; without one the history is empty.
   *
   * @throws IOException naming the file, and the line that is damaged
   */
  public static RunHistory read(RunFiles files) throws IOException {
    Path file = files.lossTable();
    List<String> lines =
        Files.exists(file, LinkOption.NOFOLLOW_LINKS)
            ? LossLog.lines(LossLog.text(file))
            : List.of();
    int size = Math.max(0, lines.size() - 1);
    List<String> columns = lines.isEmpty() ? List.of() : LossLog.columns(lines.get(0), file);
    long[] steps = new long[size];
    int[] epochs = new int[size];
    Map<String, double[]> values = new LinkedHashMap<>();
    values.put(RunHistory.LOSS, new double[size]);
    columns.stream().skip(3).forEach(name -> values.put(name, new double[size]));
    List<double[]> byPlace = List.copyOf(values.values());
    for (int i = 0; i < size; i++) {
      LossLog.Row row = LossLog.row(lines.get(i + 1), columns, file, i + 2);
      steps[i] = row.step();
      epochs[i] = row.epoch();
      byPlace.get(0)[i] = row.loss();
      for (int k = 1; k < byPlace.size(); k++) {
        byPlace.get(k)[i] = row.quantity(k - 1);
      }
    }
    return new RunHistory(steps, epochs, values);
  }
}
