package org.ketloom.shell.internal.measure;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Figure;
import org.ketloom.files.AtomicFile;
import org.ketloom.metrics.Evaluator;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.shell.internal.compose.BlueprintOptions;
import org.ketloom.shell.internal.console.Conditions;
import org.ketloom.shell.internal.console.ExitStatus;
import org.ketloom.shell.internal.console.FirstUse;
import org.ketloom.shell.internal.console.Interruption;
import org.ketloom.shell.internal.console.OptionChanges;
import org.ketloom.shell.internal.console.ProgressLine;
import org.ketloom.shell.internal.console.ResultFile;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import org.ketloom.shell.internal.console.Whole;
import org.ketloom.study.Evaluation;
import org.ketloom.study.EvaluationSettings;
import org.ketloom.study.Studies;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures how well a trained model draws. */
@Command(
    name = "evaluate",
    description = {
      "Measure how well a run's model draws: it draws images, which are compared with the test"
          + " split of its data; next to each value is the same for real images, from the"
          + " training split. The table is printed, and written as JSON into the run's folder"
          + " evaluations.",
      "Below it is what a model measures itself on the whole test split, such as the error of"
          + " last-qgan's autoencoder.",
      "Values measured with different numbers of samples or on different features can't be"
          + " compared."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom evaluate runs/mnist",
      "  ketloom evaluate runs/mnist --samples 10000 --option sampling.steps=20",
      "  ketloom evaluate runs/latent --reconstructions",
      "  ketloom evaluate runs/mnist --features onnx --option model=inception.onnx"
    })
public final class EvaluateCommand implements Callable<Integer> {
  private static final int BINS = 100;
  private static final String DATA_PATH = "data(\\..+)?";
  private static final String BLUEPRINT_PATH = "(model|parts|engine|training|seed)(\\..+)?";

  /** The least that is kept of each drawn image: 64 features, label and class. */
  private static final long BYTES_PER_SAMPLE = 64 * 4 + 2 * 4;

  private final Services services;
  private final Terminal terminal;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "The run's folder.")
  private Path run;

  @Option(
      names = "--samples",
      converter = Whole.FromOne.class,
      paramLabel = "N",
      defaultValue = "2000",
      description = "Images to draw, by default 2000; published values often have 10000.")
  private int samples;

  @Option(
      names = "--epoch",
      converter = Whole.FromZero.class,
      paramLabel = "N",
      description = "Use the checkpoint after this epoch instead of the last one.")
  private @Nullable Integer epoch;

  @Option(
      names = "--data",
      paramLabel = "DIR|NAME",
      description = "Images to compare with, as for train; by default those of the run.")
  private @Nullable String data;

  @Option(names = "--set-data", paramLabel = "NAME=VALUE", hidden = true)
  private Map<String, String> dataChanges = new LinkedHashMap<>();

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description =
          "Changes the data that is compared with, by the path in a Blueprint:"
              + " data.options.count=0 takes all images. Or the noise and the engine that the model"
              + " draws under: parts.noise=uniform, parts.noise.options.depolarizing=0.02. May be"
              + " repeated.")
  private Map<String, String> assignments = new LinkedHashMap<>();

  @Option(
      names = "--unconditional",
      description = "Draw without classes; there is no class agreement then.")
  private boolean unconditional;

  @Option(
      names = "--reconstructions",
      description =
          "Measure what the model's autoencoder makes of training images, not what it draws: how near"
              + " to real images all can come that draws in its latents.")
  private boolean reconstructions;

  @Option(
      names = "--bins",
      converter = Whole.FromOne.class,
      paramLabel = "N",
      defaultValue = "" + BINS,
      description = "Bins of NDB and JSD, by default 100; each needs 5 samples.")
  private int bins;

  @Option(
      names = "--features",
      paramLabel = "NAME",
      defaultValue = EvaluationSettings.FEATURES,
      description = "Features to measure on, by default those of a classifier.")
  private String features;

  @Option(
      names = "--option",
      paramLabel = "NAME=VALUE",
      description =
          "Changes an option of sampling, such as steps=20, or of the features, such as"
              + " model=inception.onnx. A name that both have begins with sampling. or features."
              + " May be repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the noise, the choice of images and the bins, by default 0.")
  private long seed;

  @Option(names = "--json", description = "Print the JSON that is written, and no progress.")
  private boolean json;

  public EvaluateCommand(Services services, Terminal terminal) {
    this.services = services;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if ((long) samples * BYTES_PER_SAMPLE > Runtime.getRuntime().maxMemory()) {
      throw new IllegalArgumentException(
          "--samples "
              + samples
              + " is more than there is memory for; draw fewer, or give Java more with"
              + " KETLOOM_JAVA_OPTS=-Xmx8g");
    }
    services.get(Evaluator.class).requireFeatures(features);
    OptionalInt from = epoch == null ? OptionalInt.empty() : OptionalInt.of(epoch);
    PrintWriter out = spec.commandLine().getOut();
    ProgressLine line = new ProgressLine(spec, terminal);
    FirstUse.tell(line);
    line.begin("opening " + run);
    try (Sampler sampler =
            services.get(Runs.class).open(run, from, Conditions.of(assignments).drawing());
        Interruption interruption = new Interruption(services.interruptions())) {
      MeasuredOptions chosen = chosen(sampler);
      EvaluationSettings settings =
          new EvaluationSettings(
              samples, !unconditional, bins, seed, features, chosen.features(), chosen.sampling());
      line.begin("reading the images");
      Evaluation drawn =
          services.get(Studies.class).evaluation(blueprint(sampler.blueprint()), settings);
      Evaluation evaluation = reconstructions ? drawn.ofReconstructions() : drawn;
      Evaluator.Stages stages =
          (stage, done, total) -> {
            line.update(stage, done, total);
            return !interruption.asked();
          };
      try {
        var report = evaluation.of(sampler, stages);
        List<Figure> figures = evaluation.figures(sampler, stages);
        line.clear();
        String text = evaluation.json(report, figures, sampler.epoch());
        Path file = write(stem(chosen, sampler.epoch(), report.samples()), text);
        if (json) {
          out.print(text);
        } else {
          out.println(
              "after epoch "
                  + sampler.epoch()
                  + ": "
                  + String.join("\n", EvaluationTable.of(report)));
          EvaluationTable.of(figures).forEach(out::println);
          out.println("written to " + file);
        }
        out.flush();
      } catch (CancellationException e) {
        line.println("stopped; nothing is written");
        return ExitStatus.INTERRUPTED;
      }
    } finally {
      line.clear();
    }
    return 0;
  }

  private Path write(String stem, String text) throws IOException {
    Path file = ResultFile.free(run.resolve("evaluations"), stem, text);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, stream -> stream.write(bytes));
    return file;
  }

  /** Tells what isn't usual. */
  private String stem(MeasuredOptions chosen, int afterEpoch, int drawn) {
    StringBuilder name =
        new StringBuilder(
            String.format(Locale.ROOT, "epoch-%04d-%s-%d", afterEpoch, features, drawn));
    name.append(seed == 0 ? "" : "-seed-" + seed);
    name.append(unconditional ? "-unconditional" : "");
    name.append(reconstructions ? "-reconstructions" : "");
    name.append(bins == BINS ? "" : "-bins-" + bins);
    name.append(data == null ? "" : "-data-" + Path.of(data).getFileName());
    for (Map<String, String> changed : List.of(data(), chosen.sampling(), chosen.features())) {
      new TreeMap<>(changed).forEach((option, value) -> name.append("-" + option + "-" + value));
    }
    return name.append(Conditions.stem(Conditions.of(assignments).drawing())).toString();
  }

  /** The options of the data that are changed, for the name of the file. */
  private Map<String, String> data() {
    Map<String, String> changed = new TreeMap<>(dataChanges);
    assignments.forEach(
        (path, value) -> {
          if (path.matches(DATA_PATH)) {
            changed.put(path.replaceFirst("^data\\.(options\\.)?", ""), value);
          }
        });
    return changed;
  }

  private MeasuredOptions chosen(Sampler sampler) {
    Map<String, String> former = new LinkedHashMap<>(Conditions.of(assignments).others());
    former.keySet().removeIf(path -> path.matches(DATA_PATH));
    for (String path : former.keySet()) {
      if (path.matches(BLUEPRINT_PATH)) {
        throw new IllegalArgumentException(
            "--set "
                + path
                + ": the run's model is measured as it is; only the data that it is compared with"
                + " can be changed, such as data.options.count=0, and parts.noise and engine");
      }
    }
    // In the former way they were options of sampling.
    Map<String, String> sampling = new LinkedHashMap<>();
    former.forEach((name, value) -> sampling.put("sampling." + name, value));
    OptionChanges.of(spec, former, Map.of());
    sampling.putAll(options);
    return MeasuredOptions.of(
        sampling, sampler, Optional.of(MeasuredOptions.ofFeatures(services, features)));
  }

  /** The run's Blueprint, with other data where they are asked for. */
  private Blueprint blueprint(Blueprint ofRun) {
    List<String> changes = new ArrayList<>();
    if (data != null) {
      changes.addAll(BlueprintOptions.data(services.get(PartRegistry.class), data));
    }
    dataChanges.forEach((name, value) -> changes.add("data.options." + name + "=" + value));
    assignments.forEach(
        (path, value) -> {
          if (path.matches(DATA_PATH)) {
            changes.add(path + "=" + value);
          }
        });
    Blueprints blueprints = services.get(Blueprints.class);
    return changes.isEmpty()
        ? ofRun
        : blueprints.complete(blueprints.set(blueprints.draft(ofRun), changes));
  }
}
