package org.ketloom.shell.internal.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.model.Progress;
import org.ketloom.api.part.Options;
import org.ketloom.files.Causes;
import org.ketloom.files.RegularFile;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws images with a trained model. */
@Command(
    name = "sample",
    description = "Draw images with a run's model: a PNG with a row per class.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom sample runs/demo-1",
      "  ketloom sample runs/demo-1 --labels 0-4,7 --per-class 12 --set steps=50 --seed 3",
      "  ketloom sample runs/demo-1 --options"
    })
public final class SampleCommand implements Callable<Integer> {
  /** What every PNG file begins with. */
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

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
      paramLabel = "N",
      defaultValue = "" + Drawing.PER_CLASS,
      description = "Images of each class, by default 8.")
  private int perClass;

  @Option(
      names = "--out",
      paramLabel = "FILE.png",
      description =
          "The picture; by default it goes into the run's folder samples, under a name that tells what"
              + " isn't usual, with all options in a JSON beside it.")
  private @Nullable Path out;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the noise, by default 0.")
  private long seed;

  @Option(
      names = "--epoch",
      paramLabel = "N",
      description =
          "Use the checkpoint after this epoch instead of the last one; a run keeps its last three.")
  private @Nullable Integer epoch;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "Changes an option of sampling, such as steps=50. May be repeated.")
  private Map<String, String> changes = new LinkedHashMap<>();

  @Option(names = "--options", description = "Show the options of sampling and draw nothing.")
  private boolean showOptions;

  public SampleCommand(Services services, Terminal terminal) {
    this.services = services;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (perClass < 1) {
      throw new ParameterException(
          spec.commandLine(), "--per-class is at least 1, found " + perClass);
    }
    if (out != null && Files.isDirectory(out)) {
      throw new ParameterException(
          spec.commandLine(), "--out " + out + " is a folder: name a file in it");
    }
    if (out != null && !out.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw new ParameterException(
          spec.commandLine(),
          "--out " + out + ": images are written as PNG; give a name that ends in .png");
    }
    if (out != null && Files.exists(out) && !isPng(out)) {
      throw new ParameterException(
          spec.commandLine(),
          "--out " + out + " already exists and is not a PNG: name another file, or remove it");
    }
    PrintWriter writer = spec.commandLine().getOut();
    OptionalInt from = epoch == null ? OptionalInt.empty() : OptionalInt.of(epoch);
    try (Sampler sampler = services.get(Runs.class).open(run, from)) {
      if (showOptions) {
        for (Options.Entry entry : Options.of(sampler.options())) {
          writer.println(
              entry.name()
                  + "="
                  + entry.value()
                  + "  ("
                  + entry.type()
                  + ")  "
                  + entry.description());
        }
        return 0;
      }
      Drawing drawing =
          new Drawing(Labels.parse(labels, sampler.classes()), perClass, seed, changes);
      Progress progress = progress(writer, terminal);
      String name = String.valueOf(run.toAbsolutePath().normalize().getFileName());
      Path file = out;
      if (file == null) {
        file = drawing.into(run.resolve("samples"), name, sampler, progress);
      } else {
        drawing.to(file, name, sampler, progress);
      }
      writer.println("drawn after epoch " + sampler.epoch() + ": " + file);
      return 0;
    }
  }

  private static boolean isPng(Path file) throws IOException {
    try (InputStream in = RegularFile.open(file, Long.MAX_VALUE)) {
      return Arrays.equals(PNG, in.readNBytes(PNG.length));
    } catch (IOException e) {
      throw new IOException(
          "--out " + file + " already exists and can't be read: " + Causes.of(e), e);
    }
  }

  /** A percentage that is overwritten, on a terminal only. */
  static Progress progress(PrintWriter writer, Terminal terminal) {
    return (done, total) -> {
      if (terminal.interactive()) {
        writer.print(done < total ? "\rdrawing " + 100 * done / total + " %" : "\r             \r");
        writer.flush();
      }
      return true;
    };
  }
}
