package org.ketloom.shell.internal.compose;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Texts;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be asked about Blueprints. */
@Command(
    name = "blueprint",
    description = "Show and check Blueprints, the files that say what a run is made from.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = "  ketloom blueprint defaults > my.json")
public final class BlueprintCommands implements Runnable {
  @Spec private CommandSpec spec;

  private BlueprintCommands() {}

  public static CommandLine commandLine(Services services) {
    return new CommandLine(new BlueprintCommands())
        .addSubcommand(new Show(services))
        .addSubcommand(new Validate(services))
        .addSubcommand(new Defaults(services));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Prints a file with all defaults filled in. */
  @Command(
      name = "show",
      description = "Show a Blueprint with all defaults filled in.",
      footerHeading = "%nExample:%n",
      footer = "  ketloom blueprint show my.json --set training.epochs=5")
  static final class Show implements Callable<Integer> {
    private final Services services;
    @Spec private CommandSpec spec;
    @Mixin private BlueprintOptions options;

    @Parameters(paramLabel = "FILE", description = "The Blueprint.")
    private Path file;

    Show(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      options.file(file);
      print(services, options.draft(services), spec);
      return 0;
    }
  }

  /** Prints a Blueprint that is all defaults. */
  @Command(
      name = "defaults",
      description = "Show the default Blueprint of a model.",
      footerHeading = "%nExample:%n",
      footer = "  ketloom blueprint defaults --model hybrid-unet --set parts.ansatz=two-qubit")
  static final class Defaults implements Callable<Integer> {
    private final Services services;
    @Spec private CommandSpec spec;
    @Mixin private BlueprintOptions options;

    Defaults(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      print(services, options.draft(services), spec);
      return 0;
    }
  }

  /** Checks a file. */
  @Command(
      name = "validate",
      description = {
        "Check a Blueprint: its syntax, its parts and their options, and that a model can be built"
            + " from them for its data.",
        "Exit status 0 if it is READY, 1 if it is WAITING for a part or wrong."
      },
      footerHeading = "%nExample:%n",
      footer = "  ketloom blueprint validate my.json")
  static final class Validate implements Callable<Integer> {
    private final Services services;
    @Spec private CommandSpec spec;
    @Mixin private BlueprintOptions options;

    @Parameters(paramLabel = "FILE", description = "The Blueprint.")
    private Path file;

    Validate(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      options.file(file);
      Draft draft = options.draft(services);
      Composer composer = services.get(Composer.class);
      ResolvedBlueprint resolved = composer.resolve(draft);
      Readiness readiness = resolved.readiness();
      PrintWriter out = spec.commandLine().getOut();
      if (readiness.state() == Readiness.State.WAITING) {
        out.println(draft.source() + ": " + readiness);
        return 1;
      }
      Blueprint blueprint = resolved.complete();
      try (GenerativeModel<?> model = composer.compose(blueprint).model()) {
        model.checkBegin();
        out.println(
            draft.source()
                + ": "
                + readiness
                + "; parameters: "
                + Texts.parameters(model.parameters()));
        return 0;
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(draft.source() + ": " + e.getMessage(), e);
      }
    }
  }

  private static void print(Services services, Draft draft, CommandSpec spec) {
    spec.commandLine()
        .getOut()
        .print(services.get(Blueprints.class).json(BlueprintOptions.complete(services, draft)));
    spec.commandLine().getOut().flush();
  }
}
