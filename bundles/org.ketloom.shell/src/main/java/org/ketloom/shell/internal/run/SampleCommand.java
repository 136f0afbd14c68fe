package org.ketloom.shell.internal.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.model.Progress;
import org.ketloom.api.part.Options;
import org.ketloom.data.ImageFormat;
import org.ketloom.files.Causes;
import org.ketloom.files.RegularFile;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.shell.internal.console.Conditions;
import org.ketloom.shell.internal.console.ExitStatus;
import org.ketloom.shell.internal.console.FirstUse;
import org.ketloom.shell.internal.console.Interruption;
import org.ketloom.shell.internal.console.OptionChanges;
import org.ketloom.shell.internal.console.ProgressLine;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import org.ketloom.shell.internal.console.Whole;
import org.ketloom.shell.internal.measure.MeasuredOptions;
import org.ketloom.study.RealImages;
import org.ketloom.study.Studies;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws images with a trained model. */
@Command(
    name = "sample",
    description = "Draw images with a run's model: a PNG with a row per class, or data.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom sample runs/demo-1",
      "  ketloom sample runs/demo-1 --labels 0-4,7 --per-class 12 --option steps=50 --seed 3",
      "  ketloom sample runs/demo-1 --real --nearest pixels --caption",
      "  ketloom sample runs/demo-1 --format npy --per-class 1000 --out drawn",
      "  ketloom sample runs/demo-1 --options"
    })
public final class SampleCommand implements Callable<Integer> {
  /** What every PNG file begins with. */
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  /** What every GIF file with an animation begins with. */
  private static final byte[] GIF = {'G', 'I', 'F', '8', '9', 'a'};

  private static final String GRID = "grid";

  /** A small image of a grid, which is enlarged to some 112x112 pixels. */
  private static final long ENLARGED_BYTES = 2 * 4 * 114 * 114;

  private final Services services;
  private final Terminal terminal;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "The run's folder.")
  private Path run;

  @Option(
      names = "--labels",
      paramLabel = "LIST",
      defaultValue = Drawing.ALL,
      description = "Classes by number or name, such as 0-9 or 1,3,5-7; any; by default all.")
  private String labels;

  @Option(
      names = "--per-class",
      converter = Whole.FromOne.class,
      paramLabel = "N",
      description =
          "Images of each class, by default 8; of a picture in rows, such as a trajectory, those of a"
              + " row or a multiple.")
  private @Nullable Integer perClass;

  @Option(
      names = "--out",
      paramLabel = "PATH",
      description =
          "The picture (a file .png), file or folder; by default it goes into the run's folder samples,"
              + " under a name that tells what isn't usual, with all options in a JSON beside it or in"
              + " it.")
  private @Nullable Path out;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = GRID,
      completionCandidates = Formats.class,
      description = {
        "grid (a PNG with a row per class, the default); as data: png-folder (a sub-folder of PNG files"
            + " per class), npy (a folder with images.npy, float32 in [-1, 1], N x H x W x C, and"
            + " labels.npy, int64), safetensors (one file with both), idx (a folder with images.idx and"
            + " labels.idx, 8 bits per value)."
      })
  private String format;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the noise, by default 0.")
  private long seed;

  @Option(
      names = "--epoch",
      converter = Whole.FromZero.class,
      paramLabel = "N",
      description =
          "Use the checkpoint after this epoch instead of the last one; a run keeps its last three.")
  private @Nullable Integer epoch;

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description =
          "Draw under other noise or on another engine than in training, by the path in a"
              + " Blueprint: parts.noise=uniform, parts.noise.options.depolarizing=0.02,"
              + " parts.noise=none, engine=trajectories. The run stays as it is. May be repeated.")
  private Map<String, String> assignments = new LinkedHashMap<>();

  @Option(
      names = "--caption",
      description = "Write run, step, seed and options beneath the picture.")
  private boolean caption;

  @Option(
      names = "--real",
      description = "Put real images of the test split above each row of the picture.")
  private boolean real;

  @Option(
      names = "--nearest",
      paramLabel = "BY",
      description =
          "Put the nearest training images below each row of the picture: by pixels, or by the"
              + " features of that name, such as classifier.")
  private @Nullable String nearest;

  @Option(
      names = "--option",
      paramLabel = "NAME=VALUE",
      description =
          "Changes an option of sampling, such as steps=50 (--options lists them), or of the features"
              + " of --nearest. A name that both have begins with sampling. or features. May be"
              + " repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(names = "--options", description = "Show the options of sampling and draw nothing.")
  private boolean showOptions;

  public SampleCommand(Services services, Terminal terminal) {
    this.services = services;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Optional<ImageFormat> data = data();
    if (out != null) {
      checkOut(out, data);
    }
    PrintWriter writer = spec.commandLine().getOut();
    OptionalInt from = epoch == null ? OptionalInt.empty() : OptionalInt.of(epoch);
    ProgressLine line = new ProgressLine(spec, terminal);
    FirstUse.tell(line);
    line.pass("opening " + run);
    try (Sampler sampler =
        services.get(Runs.class).open(run, from, Conditions.of(assignments).drawing())) {
      line.clear();
      if (showOptions) {
        options(writer, sampler);
        return 0;
      }
      List<Integer> rows = Labels.parse(labels, sampler.classes());
      MeasuredOptions chosen = chosen(sampler);
      int columns = columns(Drawing.rowLength(chosen.sampling(), sampler));
      requireRoom(rows.size(), columns, data.isPresent(), sampler);
      return draw(line, rows, columns, chosen, data, sampler);
    } finally {
      line.clear();
    }
  }

  /** Images of each class. */
  private int columns(OptionalInt rowLength) {
    if (perClass == null) {
      return rowLength.orElse(Drawing.PER_CLASS);
    }
    if (rowLength.isPresent() && perClass % rowLength.getAsInt() != 0) {
      throw wrong(
          "--per-class %d isn't a multiple of length=%d, the images of a row of this picture"
              .formatted(perClass, rowLength.getAsInt()));
    }
    return perClass;
  }

  /** Refuses more images than the heap has room for, before any is drawn. */
  private static void requireRoom(int rows, int columns, boolean asData, Sampler sampler) {
    long images = (long) rows * columns;
    long values = sampler.shape().size();
    // Pixels and a copy; in a grid they are drawn larger, in up to three colours and once more as
    // PNG.
    long bytes = Math.multiplyExact(images, 8 * values + (asData ? 0 : ENLARGED_BYTES));
    long room = Runtime.getRuntime().maxMemory();
    if (images * values > Integer.MAX_VALUE - 8 || bytes > room) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "--per-class %d asks for %,d images, which need some %,d MB at once; there are %,d MB:"
                  + " ask for fewer and use several seeds, or give Java more with"
                  + " KETLOOM_JAVA_OPTS=-Xmx8g",
              columns,
              images,
              bytes >> 20,
              room >> 20));
    }
  }

  private static void options(PrintWriter writer, Sampler sampler) {
    for (Options.Entry entry : Options.of(sampler.options())) {
      writer.println(
          entry.name() + "=" + entry.value() + "  (" + entry.type() + ")  " + entry.description());
    }
    writer.flush();
  }

  private int draw(
      ProgressLine line,
      List<Integer> rows,
      int columns,
      MeasuredOptions chosen,
      Optional<ImageFormat> data,
      Sampler sampler)
      throws IOException {
    String name = String.valueOf(run.toAbsolutePath().normalize().getFileName());
    try (Interruption interruption = new Interruption(services.interruptions())) {
      Drawing drawing =
          new Drawing(
              rows,
              columns,
              seed,
              chosen.sampling(),
              Conditions.of(assignments).drawing(),
              extras(chosen.features(), sampler, line, interruption));
      if (out != null && data.isEmpty()) {
        checkAnimation(drawing.animation(out, sampler));
      }
      line.begin("drawing");
      try {
        Path written = write(drawing, data, name, sampler, progress(line, interruption));
        line.println("drawn after epoch " + sampler.epoch() + ": " + written);
        if (data.isEmpty()) {
          drawing
              .animation(written, sampler)
              .ifPresent(gif -> line.println("and on their ways from noise: " + gif));
        }
        return 0;
      } catch (CancellationException e) {
        line.println("stopped; nothing is written" + (out == null ? "" : " to " + out));
        return ExitStatus.INTERRUPTED;
      }
    }
  }

  private Path write(
      Drawing drawing, Optional<ImageFormat> data, String name, Sampler sampler, Progress progress)
      throws IOException {
    Path samples = run.resolve("samples");
    if (out == null) {
      return data.isPresent()
          ? drawing.dataInto(samples, data.get(), name, sampler, progress)
          : drawing.into(samples, name, sampler, progress);
    }
    if (data.isPresent()) {
      drawing.dataTo(out, data.get(), name, sampler, progress);
    } else {
      drawing.to(out, name, sampler, progress);
    }
    return out;
  }

  private MeasuredOptions chosen(Sampler sampler) {
    return MeasuredOptions.of(
        OptionChanges.of(spec, Conditions.of(assignments).others(), options),
        sampler,
        Optional.ofNullable(nearest)
            .filter(by -> !by.equals(GridExtras.PIXELS))
            .map(by -> MeasuredOptions.ofFeatures(services, by)));
  }

  private GridExtras extras(
      Map<String, String> featureOptions,
      Sampler sampler,
      ProgressLine line,
      Interruption interruption)
      throws IOException {
    Optional<String> by = Optional.ofNullable(nearest);
    if (real || by.isPresent()) {
      line.pass("reading the data");
    }
    Optional<RealImages> images =
        real || by.isPresent()
            ? Optional.of(
                services
                    .get(Studies.class)
                    .realImages(
                        sampler, by.filter(b -> !b.equals(GridExtras.PIXELS)), featureOptions))
            : Optional.empty();
    return new GridExtras(
        caption,
        real,
        by,
        images,
        (stage, done, total) -> {
          line.update(stage, done, total);
          return !interruption.asked();
        });
  }

  private Optional<ImageFormat> data() {
    if (format.equals(GRID)) {
      return Optional.empty();
    }
    if (caption || real || nearest != null) {
      throw wrong(
          "--caption, --real and --nearest are for the grid; leave them out, or --format "
              + format);
    }
    try {
      return Optional.of(ImageFormat.of(format));
    } catch (IllegalArgumentException e) {
      throw wrong(
          "--format takes " + String.join(", ", new Formats()) + "; found \"" + format + "\"");
    }
  }

  private void checkOut(Path out, Optional<ImageFormat> data) throws IOException {
    boolean folder = data.map(ImageFormat::isFolder).orElse(false);
    String ending = folder ? "" : "." + data.map(ImageFormat::toString).orElse("png");
    if (!folder && Files.isDirectory(out)) {
      throw wrong("--out " + out + " is a folder: name a file in it");
    }
    if (!out.toString().toLowerCase(Locale.ROOT).endsWith(ending)) {
      throw wrong(
          "--out "
              + out
              + ": images are written as "
              + ending.substring(1).replace("png", "PNG")
              + "; give a name that ends in "
              + ending);
    }
    if (data.isPresent() && Files.exists(out, LinkOption.NOFOLLOW_LINKS)) {
      throw wrong(
          "--out "
              + out
              + " already exists: name a different "
              + (folder ? "folder" : "file")
              + ", or remove it");
    }
    if (data.isEmpty() && Files.exists(out) && !begins(out, PNG)) {
      throw wrong(
          "--out " + out + " already exists and is not a PNG: name another file, or remove it");
    }
  }

  private void checkAnimation(Optional<Path> gif) throws IOException {
    if (gif.isPresent() && Files.exists(gif.get()) && !begins(gif.get(), GIF)) {
      throw wrong(
          gif.get()
              + " would hold the animation, but already exists and is not a GIF: name another --out,"
              + " or remove it");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** The names that {@code --format} takes. */
  static final class Formats implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.concat(
              Stream.of(GRID), Arrays.stream(ImageFormat.values()).map(ImageFormat::toString))
          .iterator();
    }
  }

  private static boolean begins(Path file, byte[] with) throws IOException {
    try (InputStream in = RegularFile.open(file, Long.MAX_VALUE)) {
      return Arrays.equals(with, in.readNBytes(with.length));
    } catch (IOException e) {
      throw new IOException(
          "--out " + file + " already exists and can't be read: " + Causes.of(e), e);
    }
  }

  /** Tells how much is drawn, and stops when it is asked to. */
  static Progress progress(ProgressLine line, Interruption interruption) {
    return (done, total) -> {
      line.update("drawing", done, total);
      return !interruption.asked();
    };
  }
}
