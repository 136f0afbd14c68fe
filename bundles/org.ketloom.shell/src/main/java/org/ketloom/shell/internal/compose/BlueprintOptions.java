package org.ketloom.shell.internal.compose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Whole;
import picocli.CommandLine.Option;

/** The options by which a Blueprint is chosen and changed. */
public final class BlueprintOptions {
  private static final String DEFAULT_MODEL = "hybrid-unet";

  @Option(
      names = "--blueprint",
      paramLabel = "FILE",
      description = "Blueprint to start from; what it leaves out takes its default.")
  private @Nullable Path blueprint;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Model, by default " + DEFAULT_MODEL + " or that of the Blueprint.")
  private @Nullable String model;

  @Option(
      names = "--data",
      paramLabel = "DIR|NAME",
      description = {
        "Training images: the name of a data set, or a folder. A folder that holds the files"
            + " of MNIST is the data set mnist (fashion-mnist if its name has \"fashion\" in it),"
            + " one with images.idx and labels.idx is the data set idx, any other is the data set"
            + " images."
      })
  private @Nullable String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Folder with the files of the data set, whether --data or the Blueprint names it.")
  private @Nullable Path dataDir;

  @Option(
      names = "--epochs",
      converter = Whole.FromOne.class,
      paramLabel = "N",
      description = "Number of passes through the data.")
  private @Nullable Integer epochs;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random in the run.")
  private @Nullable Long seed;

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description = {
        "Changes a value of the Blueprint: parts.ansatz=cluster-state,"
            + " model.options.layers=3, training.batchSize=32. May be repeated."
      })
  private List<String> assignments = List.of();

  /** Begins with a file that was given as an argument. */
  void file(Path file) {
    blueprint = file;
  }

  /** Changes values, as on the command line. */
  void set(List<String> changes) {
    assignments = changes;
  }

  /** The Blueprint as it was asked for. */
  public Draft draft(Services services) throws IOException {
    Blueprints blueprints = services.get(Blueprints.class);
    List<String> changes = new ArrayList<>();
    Draft draft;
    if (blueprint == null) {
      draft = blueprints.ofModel(model == null ? DEFAULT_MODEL : model);
    } else {
      draft = blueprints.read(blueprint);
      if (model != null) {
        changes.add("model=" + model);
      }
    }
    if (data != null) {
      changes.addAll(data(services.get(PartRegistry.class), data));
    }
    if (dataDir != null) {
      changes.add(directory(dataDir));
    }
    if (epochs != null) {
      changes.add("training.epochs=" + epochs);
    }
    if (seed != null) {
      changes.add("seed=" + seed);
    }
    changes.addAll(assignments);
    return changes.isEmpty() ? draft : blueprints.set(draft, changes);
  }

  /**
   * The Blueprint with all defaults.
   *
   * @throws IllegalStateException if it is WAITING, saying for what
   */
  public static Blueprint complete(Services services, Draft draft) {
    ResolvedBlueprint resolved = services.get(Composer.class).resolve(draft);
    Readiness readiness = resolved.readiness();
    if (readiness.state() == Readiness.State.WAITING) {
      throw new IllegalStateException(
          draft.source() + " is " + readiness + "; install the part or name a different one");
    }
    return resolved.complete();
  }

  /**
   * What chooses a data set.
   *
   * @param data the name of one, or a folder
   */
  public static List<String> data(PartRegistry registry, String data) {
    List<String> names =
        registry.parts(DatasetProvider.KIND).stream().map(RegisteredPart::name).distinct().toList();
    if (names.contains(data)) {
      return List.of("data=" + data);
    }
    Path folder = Path.of(data);
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "--data "
              + data
              + ": there is no folder or data set of that name; data sets are "
              + String.join(", ", names));
    }
    if (Files.exists(folder.resolve("images.idx"))) {
      return idx(folder.toAbsolutePath().normalize());
    }
    boolean fashion =
        folder.toAbsolutePath().normalize().toString().toLowerCase(Locale.ROOT).contains("fashion");
    String name = !holdsMnist(folder) ? "images" : fashion ? "fashion-mnist" : "mnist";
    return List.of("data=" + name, directory(folder));
  }

  /** What {@code sample --format idx} writes. */
  private static List<String> idx(Path folder) {
    List<String> changes = new ArrayList<>();
    changes.add("data=idx");
    changes.add("data.options.images=" + folder.resolve("images.idx"));
    Path labels = folder.resolve("labels.idx");
    if (Files.exists(labels)) {
      changes.add("data.options.labels=" + labels);
    }
    return changes;
  }

  private static boolean holdsMnist(Path folder) {
    return Stream.of("-", ".")
        .flatMap(
            separator ->
                Stream.of("", ".gz").map(end -> "train-images" + separator + "idx3-ubyte" + end))
        .anyMatch(file -> Files.exists(folder.resolve(file)));
  }

  /** Absolute, so that a run finds its data wherever it is resumed from. */
  private static String directory(Path folder) {
    return "data.options.dir=" + folder.toAbsolutePath().normalize();
  }
}
