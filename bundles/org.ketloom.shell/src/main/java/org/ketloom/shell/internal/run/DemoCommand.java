package org.ketloom.shell.internal.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.run.DrawingConditions;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.shell.internal.compose.BlueprintOptions;
import org.ketloom.shell.internal.console.ExitStatus;
import org.ketloom.shell.internal.console.Interruption;
import org.ketloom.shell.internal.console.Messages;
import org.ketloom.shell.internal.console.ProgressLine;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The shortest way to a picture. */
@Command(
    name = "demo",
    description = {
      "Train a small model on digits that the program draws itself, and let it draw the ten digits:"
          + " hybrid-unet, a diffusion model with a circuit inside, or latent-flow, where a circuit"
          + " alone leads from noise to the latents of an autoencoder. Takes about two minutes on two"
          + " cores."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom demo",
      "  ketloom demo --model latent-flow",
      "  ketloom demo --set parts.ansatz=hardware-efficient --seed 7"
    })
public final class DemoCommand implements Callable<Integer> {
  /** Files of the Blueprints, by the name of their model. */
  private static final Map<String, String> BLUEPRINTS =
      Map.of("hybrid-unet", "demo.json", "latent-flow", "demo-latent-flow.json");

  private final Services services;
  private final Terminal terminal;
  private final TrainingSession training;
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "hybrid-unet",
      completionCandidates = Models.class,
      description = "The model: hybrid-unet (the default) or latent-flow.")
  private String model;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random.")
  private @Nullable Long seed;

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description = "Changes a value of the demo's Blueprint. May be repeated.")
  private List<String> assignments = List.of();

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "Folder for the run, new or empty; by default the next of runs/demo-1, -2, ...")
  private @Nullable Path run;

  public DemoCommand(Services services, Terminal terminal, TrainingSession training) {
    this.services = services;
    this.terminal = terminal;
    this.training = training;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Blueprints blueprints = services.get(Blueprints.class);
    List<String> changes = new ArrayList<>();
    if (seed != null) {
      changes.add("seed=" + seed);
    }
    changes.addAll(assignments);
    Draft draft = blueprints.parse(blueprint(), "the demo's Blueprint");
    Blueprint blueprint =
        BlueprintOptions.complete(
            services, changes.isEmpty() ? draft : blueprints.set(draft, changes));
    Path folder = run == null ? freeFolder(Path.of("runs")) : run;
    TrainingSession.Outcome outcome =
        training.run(spec, listener -> services.get(Runs.class).start(blueprint, folder, listener));
    if (outcome != TrainingSession.Outcome.FINISHED) {
      return outcome.status();
    }
    Path picture = folder.resolve("demo.png");
    ProgressLine line = new ProgressLine(spec, terminal);
    line.pass("opening " + folder);
    try (Sampler sampler = services.get(Runs.class).open(folder, OptionalInt.empty());
        Interruption interruption = new Interruption(services.interruptions())) {
      new Drawing(
              Labels.parse(Drawing.ALL, sampler.classes()),
              Drawing.PER_CLASS,
              blueprint.seed(),
              Map.of(),
              DrawingConditions.OF_TRAINING,
              GridExtras.NONE)
          .to(
              picture,
              String.valueOf(folder.getFileName()),
              sampler,
              SampleCommand.progress(line, interruption));
    } catch (CancellationException e) {
      line.println(
          "stopped; the model is trained, the picture isn't drawn: ketloom sample "
              + Messages.word(folder));
      return ExitStatus.INTERRUPTED;
    } finally {
      line.clear();
    }
    out.println();
    out.println("The model drew, a row per class: " + picture.toAbsolutePath());
    out.println();
    out.println("What next:");
    out.println("  ketloom sample " + folder + " --labels 3,8 --seed 1      other drawings");
    out.println(
        "  ketloom parts                                     the other parts that there are");
    out.println("  ketloom demo --set parts.ansatz=cluster-state     a different ansatz");
    out.println("  ketloom data get mnist                            real digits, then");
    out.println("  ketloom train --data mnist");
    return 0;
  }

  private static Path freeFolder(Path parent) {
    int n = 1;
    while (Files.exists(parent.resolve("demo-" + n))) {
      n++;
    }
    return parent.resolve("demo-" + n);
  }

  private String blueprint() throws IOException {
    String file = BLUEPRINTS.get(model);
    if (file == null) {
      throw new ParameterException(
          spec.commandLine(),
          "--model takes "
              + String.join(", ", new Models())
              + "; found \""
              + model
              + "\". Others are trained by: ketloom train --model NAME");
    }
    try (InputStream stream = DemoCommand.class.getResourceAsStream(file)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The names that {@code --model} takes. */
  static final class Models implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return BLUEPRINTS.keySet().stream().sorted().iterator();
    }
  }
}
