package org.ketloom.data.internal;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.ketloom.files.RegularFile;
import org.osgi.service.component.annotations.Component;

/**
 * SAT-4 (Basu et al., "DeepSat", SIGSPATIAL 2015): aerial patches of 28x28 in red, green, blue and
 * near infrared, 400,000 to learn from and 100,000 for tests, in either of the forms that it is
 * published in:
 *
 * <ul>
 *   <li>the MAT-file {@code sat-4-full.mat} with {@code train_x} and {@code test_x} of 28x28x4xN
 *       (rows, columns, channels, images) and {@code train_y} and {@code test_y} of 4xN or Nx4, a 1
 *       in the row or column of the class;
 *   <li>CSV files {@code X_train_sat4.csv} and {@code X_test_sat4.csv} with 3136 values a line
 *       (rows, columns, channels, the last running fastest), {@code y_train_sat4.csv} and {@code
 *       y_test_sat4.csv} with 4 values a line; with .gz at the end they may be compressed.
 * </ul>
 *
 * @param path the MAT-file, or the folder of one form's files
 * @param classes labels to keep, in the order of the new labels; empty for all
 * @param size rows and columns to resize to; 0 for 28
 * @param count the most images to use, the first ones; 0 for all, which takes 3 GB of memory
 */
@Component(
    service = DatasetProvider.class,
    property = {
      Part.NAME + "=sat4",
      Part.DESCRIPTION + "=aerial patches, 28x28 in RGB and near infrared, from MAT or CSV files"
    })
public record Sat4(
    @Option("the file sat-4-full.mat, or the folder of it or of the CSV files") String path,
    @Option(value = "labels to keep, in the order of the new labels; empty for all", range = "[0,)")
        List<Integer> classes,
    @Option(value = "rows and columns to resize to; 0 for as they are, 28", range = "[0,1024]")
        int size,
    @Option(
            value = "the most images to use, the first ones; 0 for all, which takes 3 GB",
            range = "[0,)")
        int count)
    implements DatasetProvider {
  private static final List<String> NAMES = List.of("barren land", "trees", "grassland", "other");
  private static final ImageShape SHAPE = new ImageShape(4, 28, 28);

  /** Ten times what a line of 3136 values up to 255 takes. */
  private static final int LONGEST_LINE = 100_000;

  /** Twenty times as many as are published. */
  private static final int MOST_LABELS = 8_000_000;

  /** No files yet; the first 60,000 images as they are. */
  public Sat4() {
    this("", List.of(), 0, 60_000);
  }

  /** Checks the ranges. */
  public Sat4 {
    classes = new Selection(classes, size, count).classes();
  }

  @Override
  public Dataset open(Split split) throws IOException {
    if (path.isBlank()) {
      throw new IllegalArgumentException(
          "data \"sat4\" needs the option path: the file sat-4-full.mat, or the folder of it or of"
              + " the CSV files");
    }
    Path given = Path.of(path);
    String part = split == Split.TRAIN ? "train" : "test";
    Path mat = Files.isDirectory(given) ? given.resolve("sat-4-full.mat") : given;
    LabelledImages images = Files.exists(mat) ? fromMat(mat, part) : fromCsv(given, part, mat);
    return new Selection(classes, size, count).from(images);
  }

  private LabelledImages fromMat(Path file, String part) throws IOException {
    MatFile mat = MatFile.read(file);
    MatFile.Variable y = mat.variable(part + "_y");
    MatFile.Variable x = mat.variable(part + "_x");
    int[] dims = y.dims();
    if (dims.length != 2 || (dims[0] != 4 && dims[1] != 4)) {
      throw new IOException(
          file + ": " + y.name() + " is " + y.sizes() + ", expected 4xN (one class per column)");
    }
    boolean columns = dims[0] == 4;
    int n = columns ? dims[1] : dims[0];
    if (n < 1 || n > MOST_LABELS) {
      throw new IOException(
          file
              + ": "
              + y.name()
              + " is "
              + y.sizes()
              + ", expected 1 to "
              + MOST_LABELS
              + " labels");
    }
    int[] expected = {28, 28, 4, n};
    int[] found = x.dims().length == 3 && n == 1 ? append(x.dims()) : x.dims();
    if (!Arrays.equals(found, expected)) {
      throw new IOException(
          file
              + ": "
              + x.name()
              + " is "
              + x.sizes()
              + ", expected 28x28x4x"
              + n
              + " (rows, columns, channels, and as many images as "
              + y.name()
              + " has labels)");
    }
    byte[] hot = mat.bytes(y, 4 * n);
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      int[] row = new int[4];
      for (int k = 0; k < 4; k++) {
        row[k] = hot[columns ? i * 4 + k : k * n + i];
      }
      labels[i] = label(row, file + ": " + y.name() + ", image " + i);
    }
    int needed = needed(labels);
    byte[] pixels = mat.bytes(x, bytes(file, needed));
    // MATLAB's order within an image is row, column, channel, the first running fastest.
    return new Images(file.toString(), labels, pixels, 1, 28, 28 * 28);
  }

  private static int bytes(Path file, int images) throws IOException {
    if ((long) images * SHAPE.size() > Integer.MAX_VALUE - 8) {
      throw new IOException(file + ": " + images + " images are more than 2 GB; set count");
    }
    return images * SHAPE.size();
  }

  private static int[] append(int[] dims) {
    int[] longer = Arrays.copyOf(dims, dims.length + 1);
    longer[dims.length] = 1;
    return longer;
  }

  private LabelledImages fromCsv(Path folder, String part, Path mat) throws IOException {
    Path y = csv(folder, "y_" + part + "_sat4.csv");
    Path x = csv(folder, "X_" + part + "_sat4.csv");
    if (x == null || y == null) {
      throw new IOException(
          "data \"sat4\": neither "
              + mat
              + " nor X_"
              + part
              + "_sat4.csv and y_"
              + part
              + "_sat4.csv in "
              + folder
              + " are there; name their folder by the option path");
    }
    int[] labels = new int[16];
    int n = 0;
    try (BufferedReader in = reader(y)) {
      int[] row = new int[4];
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (n == MOST_LABELS) {
          throw new IOException(
              y
                  + " holds more than "
                  + MOST_LABELS
                  + " labels, expected 400000; it is another file");
        }
        parse(line, row, 1, y, n + 1);
        labels = n == labels.length ? Arrays.copyOf(labels, 2 * n) : labels;
        labels[n] = label(row, y + ", line " + (n + 1));
        n++;
      }
    } catch (EOFException | ZipException e) {
      throw IdxFile.damaged(y, e);
    }
    labels = Arrays.copyOf(labels, n);
    int needed = needed(labels);
    byte[] pixels = new byte[bytes(x, needed)];
    try (BufferedReader in = reader(x)) {
      int[] row = new int[SHAPE.size()];
      for (int i = 0; i < needed; i++) {
        String line = in.readLine();
        if (line == null) {
          throw new IOException(
              x + " holds " + i + " images, but " + y + " holds " + n + " labels");
        }
        parse(line, row, 255, x, i + 1);
        for (int k = 0; k < row.length; k++) {
          pixels[i * row.length + k] = (byte) row[k];
        }
      }
    } catch (EOFException | ZipException e) {
      throw IdxFile.damaged(x, e);
    }
    return new Images(x.toString(), labels, pixels, 4 * 28, 4, 1);
  }

  private static @Nullable Path csv(Path folder, String name) {
    Path plain = folder.resolve(name);
    Path packed = folder.resolve(name + ".gz");
    return Files.exists(plain) ? plain : Files.exists(packed) ? packed : null;
  }

  private static BufferedReader reader(Path file) throws IOException {
    InputStream in = RegularFile.open(file, Long.MAX_VALUE);
    try {
      InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
      return new BufferedReader(
          new InputStreamReader(
              new LimitedLines(plain, file, LONGEST_LINE), StandardCharsets.US_ASCII),
          1 << 16);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** Whole numbers between commas. */
  private static void parse(String line, int[] to, int most, Path file, int number)
      throws IOException {
    int count = 0;
    int value = -1;
    boolean fine = true;
    for (int i = 0; i <= line.length() && fine; i++) {
      char c = i < line.length() ? line.charAt(i) : ',';
      if (c == ',') {
        fine = value >= 0 && value <= most && count < to.length;
        if (fine) {
          to[count++] = value;
        }
        value = -1;
      } else if (c >= '0' && c <= '9' && value < 1000) {
        value = Math.max(0, value) * 10 + c - '0';
      } else {
        fine = c == ' ' || c == '\r';
      }
    }
    if (!fine || count != to.length) {
      throw new IOException(
          file
              + ", line "
              + number
              + ": "
              + to.length
              + " whole numbers from 0 to "
              + most
              + " between commas are expected, the first "
              + count
              + " are fine");
    }
  }

  private static int label(int[] row, String where) throws IOException {
    int label = -1;
    int ones = 0;
    for (int k = 0; k < row.length; k++) {
      if (row[k] == 1) {
        label = k;
        ones++;
      } else if (row[k] != 0) {
        ones = 2;
      }
    }
    if (ones != 1) {
      throw new IOException(
          where
              + ": a 1 for the class and 0 for the others are expected, found "
              + Arrays.toString(row));
    }
    return label;
  }

  /** Number of images up to the last one that is used. */
  private int needed(int[] labels) {
    int used = 0;
    for (int i = 0; i < labels.length; i++) {
      used += classes.isEmpty() || classes.contains(labels[i]) ? 1 : 0;
      if (count > 0 && used == count) {
        return i + 1;
      }
    }
    return labels.length;
  }

  /** Images in memory; the last numbers are the distances of rows, columns and channels. */
  private record Images(
      String source, int[] labels, byte[] pixels, int row, int column, int channel)
      implements LabelledImages {

    @Override
    public List<String> classes() {
      return NAMES;
    }

    @Override
    public String name(int place) {
      return "image " + place + " of " + source;
    }

    @Override
    public Picture read(int place) {
      byte[] picture = new byte[SHAPE.size()];
      int start = place * SHAPE.size();
      for (int c = 0; c < 4; c++) {
        for (int y = 0; y < 28; y++) {
          for (int x = 0; x < 28; x++) {
            picture[(y * 28 + x) * 4 + c] = pixels[start + c * channel + y * row + x * column];
          }
        }
      }
      return new Picture(SHAPE, picture);
    }
  }
}
