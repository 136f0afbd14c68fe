package org.ketloom.shell.internal.run;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.LineChart;
import org.ketloom.files.Pictures;
import org.ketloom.files.RegularFile;
import org.ketloom.runtime.run.RunHistory;

/** The pictures of two runs in one. */
final class RunComparison {
  private static final int MAX_CORNERS = 200;
  private static final int LARGEST_FILE = 64 << 20;
  private static final long MOST_PIXELS = 100_000_000;
  private static final int GAP = 16;

  private RunComparison() {}

  /** The last grid of samples that a run has drawn. */
  private record Grid(Path file, BufferedImage image) {}

  /** A run's name: that of its folder. */
  static String name(Path run) {
    return String.valueOf(run.toAbsolutePath().normalize().getFileName());
  }

  /**
   * Writes the pictures that both runs have the data for.
   *
   * @return a line about each, also about one that isn't written
   */
  static List<String> write(Path folder, RunReport a, RunReport b) throws IOException {
    List<String> lines = new ArrayList<>();
    List<RunHistory> histories =
        Stream.of(a, b)
            .flatMap(report -> report.history().stream())
            .filter(history -> history.size() > 0)
            .toList();
    if (histories.size() == 2) {
      byte[] svg = chart(a, b, histories).svg().getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(folder.resolve("loss.svg"), out -> out.write(svg));
      lines.add("loss.svg: the loss of both");
    } else {
      lines.add("no loss.svg: one of them has made no step");
    }
    Optional<Grid> left = grid(a.info().folder());
    Optional<Grid> right = grid(b.info().folder());
    if (left.isPresent() && right.isPresent()) {
      byte[] png = png(left.get(), right.get());
      AtomicFile.write(folder.resolve("samples.png"), out -> out.write(png));
      lines.add("samples.png: left " + left.get().file() + ", right " + right.get().file());
    } else {
      lines.add("no samples.png: one of them has drawn no grid");
    }
    return lines;
  }

  private static LineChart chart(RunReport a, RunReport b, List<RunHistory> histories) {
    List<LineChart.Series> curves = new ArrayList<>();
    List<RunReport> reports = List.of(a, b);
    double low = Double.MAX_VALUE;
    double high = -Double.MAX_VALUE;
    for (int i = 0; i < reports.size(); i++) {
      List<LineChart.Point> points = new ArrayList<>();
      for (double[] corner : histories.get(i).curve(RunHistory.LOSS, MAX_CORNERS)) {
        points.add(new LineChart.Point(corner[0], corner[1]));
        low = Math.min(low, corner[1]);
        high = Math.max(high, corner[1]);
      }
      curves.add(
          new LineChart.Series(name(reports.get(i).info().folder()), LineChart.Style.LINE, points));
    }
    // On a linear axis what comes after the first fall would be a flat line.
    boolean logarithmic = low > 0 && high > 10 * low;
    return new LineChart("Loss of two runs", "step", "loss", logarithmic, curves);
  }

  private static Optional<Grid> grid(Path run) throws IOException {
    Path folder = run.resolve("samples");
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    Optional<Path> last;
    try (Stream<Path> files = Files.list(folder)) {
      // Those that training draws; the names of others tell how they were drawn.
      last =
          files
              .filter(f -> String.valueOf(f.getFileName()).matches("epoch-\\d{4,9}\\.png"))
              .max(
                  Comparator.comparingInt(
                      f -> Integer.parseInt(f.getFileName().toString().replaceAll("\\D", ""))));
    }
    return last.isEmpty() ? Optional.empty() : Optional.of(new Grid(last.get(), read(last.get())));
  }

  private static BufferedImage read(Path file) throws IOException {
    byte[] bytes = RegularFile.read(file, LARGEST_FILE);
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in);
      if ((long) reader.getWidth(0) * reader.getHeight(0) > MOST_PIXELS) {
        throw new IOException(
            file
                + " is too large: more than "
                + MOST_PIXELS
                + " pixels, found "
                + reader.getWidth(0)
                + "x"
                + reader.getHeight(0));
      }
      return reader.read(0);
    } catch (IOException | RuntimeException e) {
      throw new IOException(file + " can't be read as PNG: " + e.getMessage(), e);
    } finally {
      reader.dispose();
    }
  }

  private static byte[] png(Grid left, Grid right) {
    int bands = isGrey(left) && isGrey(right) ? 1 : 3;
    BufferedImage both =
        new BufferedImage(
            left.image().getWidth() + GAP + right.image().getWidth(),
            Math.max(left.image().getHeight(), right.image().getHeight()),
            bands == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    WritableRaster raster = both.getRaster();
    int[] white = new int[both.getWidth() * bands];
    Arrays.fill(white, 255);
    for (int y = 0; y < both.getHeight(); y++) {
      raster.setPixels(0, y, both.getWidth(), 1, white);
    }
    copy(left, raster, 0);
    copy(right, raster, left.image().getWidth() + GAP);
    return Pictures.png(
        both,
        Map.of(
            "Software",
            "Ketloom",
            "Description",
            "Left: " + left.file() + ". Right: " + right.file() + "."));
  }

  private static boolean isGrey(Grid grid) {
    return grid.image().getColorModel().getNumComponents() == 1;
  }

  /** Through the rasters: drawing would apply a gamma curve to grey. */
  private static void copy(Grid grid, WritableRaster to, int left) {
    BufferedImage from = grid.image();
    for (int y = 0; y < from.getHeight(); y++) {
      for (int x = 0; x < from.getWidth(); x++) {
        int colour =
            isGrey(grid) ? 0x010101 * from.getRaster().getSample(x, y, 0) : from.getRGB(x, y);
        for (int band = 0; band < to.getNumBands(); band++) {
          to.setSample(left + x, y, band, colour >> 16 - 8 * band & 0xff);
        }
      }
    }
  }
}
