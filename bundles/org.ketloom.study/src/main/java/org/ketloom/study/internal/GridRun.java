package org.ketloom.study.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.error.InvalidInputException;
import org.ketloom.api.error.Remedy;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.PartSelection;
import org.ketloom.api.part.Options;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.Causes;
import org.ketloom.files.StrictJson;
import org.ketloom.metrics.Evaluator;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.run.ImageGrid;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.study.GridStudy;
import org.ketloom.study.StudyListener;
import org.ketloom.study.StudyResult;
import org.ketloom.study.StudyRun;

/** Trains and evaluates the cells of a grid, one after another. */
final class GridRun implements StudyRun {

  /** A run of a cell. */
  private record Task(GridStudy.Cell cell, long seed, Blueprint blueprint, Path folder) {
    Path result(GridStudy.Condition under) {
      return folder.resolve(
          under.name().isEmpty() ? "result.json" : "result-" + slug(under) + ".json");
    }

    private static String slug(GridStudy.Condition under) {
      return under.name().replaceAll("[^A-Za-z0-9.]+", "-");
    }

    /** The grid of a condition, drawn by the first run of a cell. */
    Path picture(Path study, GridStudy.Condition under) {
      return study.resolve("grids").resolve(cell.under(under).slug() + ".png");
    }

    Path failure() {
      return folder.resolveSibling(folder.getFileName() + ".failure.txt");
    }

    String name() {
      return cell.name() + ", seed " + seed;
    }
  }

  private static final int COLUMNS = 8;

  private final PlatformStudies studies;
  private final Runs runs;
  private final GridStudy study;
  private final List<GridStudy.Cell> cells;
  private final Path folder;
  private final StudyListener listener;
  private final WorkClock clock = new WorkClock();
  private List<Task> tasks = List.of();
  private boolean stopped;
  private int failed;

  private GridRun(
      PlatformStudies studies, Runs runs, GridStudy study, Path folder, StudyListener listener) {
    this.studies = studies;
    this.runs = runs;
    this.study = study;
    this.cells = study.cells();
    this.folder = folder;
    this.listener = listener;
  }

  /**
   * Checks all that can be checked before the runs begin.
   *
   * @throws IllegalArgumentException naming each cell that is impossible, or that was begun with
   *     another Blueprint
   */
  static GridRun open(
      PlatformStudies studies,
      Blueprints blueprints,
      Composer composer,
      Runs runs,
      GridStudy study,
      Path folder,
      StudyListener listener)
      throws IOException {
    GridRun run = new GridRun(studies, runs, study, folder, listener);
    run.tasks = run.tasks(blueprints, composer);
    return run;
  }

  private String title() {
    return study.title().orElseGet(() -> folder.getFileName().toString());
  }

  @Override
  public List<String> plan() {
    long done = tasks.stream().filter(this::isDone).count();
    List<String> lines = new ArrayList<>();
    lines.add(
        title()
            + ": "
            + cells.size()
            + " cells x "
            + study.seeds().size()
            + " seeds"
            + (done > 0 ? ", " + done + " done already" : "")
            + ", into "
            + folder);
    cells.forEach(cell -> lines.add("  " + cell.name()));
    return lines;
  }

  @Override
  public StudyResult run(boolean retry) throws IOException {
    for (Task task : tasks) {
      if (retry && Files.exists(task.failure())) {
        StudyFiles.delete(task.folder());
        Files.delete(task.failure());
      }
    }
    List<Task> open = tasks.stream().filter(t -> !isDone(t) && !Files.exists(t.failure())).toList();
    failed = (int) tasks.stream().filter(t -> Files.exists(t.failure())).count();
    for (int i = 0; i < open.size() && !isStopped(); i++) {
      Task task = open.get(i);
      int number = tasks.size() - open.size() + i + 1;
      clock.begin(open.size() - i);
      try {
        train(task, number);
        if (!isStopped()) {
          for (GridStudy.Condition under : study.conditions()) {
            if (!isStopped() && !isDone(task, under)) {
              evaluate(task, under, number);
            }
          }
        }
      } catch (CancellationException e) {
        stopped = true;
      } catch (IOException | RuntimeException e) {
        failed++;
        StudyFiles.write(task.failure(), Causes.line(e) + "\n");
        listener.note("failed: " + task.name() + ": " + Causes.line(e));
      }
      clock.end();
    }
    GridTables tables = tables();
    List<String> table = tables.write(folder);
    if (isStopped()) {
      return new StudyResult(StudyResult.State.STOPPED, folder, List.of(), tables.values());
    }
    return new StudyResult(
        failed == 0 ? StudyResult.State.FINISHED : StudyResult.State.INCOMPLETE,
        folder,
        table,
        tables.values());
  }

  @Override
  public void close() {}

  private boolean isStopped() {
    stopped |= listener.stopped();
    return stopped;
  }

  private List<Task> tasks(Blueprints blueprints, Composer composer) throws IOException {
    List<String> problems = new ArrayList<>();
    List<Task> all = new ArrayList<>();
    Map<PartSelection, Dataset> data = new HashMap<>();
    Set<PartSelection> measurable = new HashSet<>();
    for (GridStudy.Cell cell : cells) {
      listener.stage("checking the cells", cells.indexOf(cell), cells.size());
      try {
        Draft changed =
            cell.assignments().isEmpty()
                ? study.blueprint()
                : blueprints.set(study.blueprint(), cell.assignments());
        Blueprint blueprint = blueprints.complete(changed);
        compose(composer, blueprint, data);
        for (GridStudy.Condition under : study.conditions()) {
          if (!under.conditions().changes().isEmpty()) {
            compose(
                composer,
                blueprints.complete(
                    blueprints.set(blueprints.draft(blueprint), under.conditions().changes())),
                data);
          }
        }
        if (!measurable.contains(blueprint.data())) {
          studies.evaluation(blueprint, study.evaluation());
          measurable.add(blueprint.data());
        }
        for (long seed : study.seeds()) {
          Blueprint seeded =
              new Blueprint(
                  blueprint.model(),
                  blueprint.parts(),
                  blueprint.data(),
                  blueprint.engine(),
                  blueprint.training(),
                  seed);
          Path path = folder.resolve("cells").resolve(cell.slug()).resolve("seed-" + seed);
          all.add(new Task(cell, seed, seeded, path));
        }
      } catch (IllegalArgumentException | IllegalStateException e) {
        problems.add(cell.name() + ": " + Causes.line(e));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          problems.size()
              + " of "
              + cells.size()
              + " cells can't be run, so nothing was run: "
              + String.join("; ", problems));
    }
    List<String> slugs = cells.stream().map(GridStudy.Cell::slug).distinct().toList();
    if (slugs.size() < cells.size()) {
      throw new IllegalArgumentException(
          "names of axes and values differ only in punctuation: " + slugs);
    }
    for (Task task : all) {
      Path begun = task.folder().resolve("blueprint.json");
      if (Files.exists(begun)) {
        List<String> differences =
            blueprints.differences(blueprints.complete(blueprints.read(begun)), task.blueprint());
        if (!differences.isEmpty()) {
          throw new InvalidInputException(
              task.folder()
                  + " was started with a different Blueprint: "
                  + String.join(", ", differences),
              new Remedy.OtherStudyFolder());
        }
      }
    }
    return all;
  }

  /** Builds the model once, and throws it away: it must begin, and take the options of sampling. */
  private void compose(Composer composer, Blueprint blueprint, Map<PartSelection, Dataset> opened)
      throws IOException {
    ResolvedBlueprint resolved = composer.resolve(blueprint);
    Dataset data = opened.get(blueprint.data());
    if (data == null) {
      data = resolved.open(DatasetProvider.Split.TRAIN);
      opened.put(blueprint.data(), data);
    }
    long steps = ResolvedBlueprint.steps(data, blueprint.training());
    int classes = Math.max(1, data.classes().size());
    try (GenerativeModel<?> model =
        resolved.compose(data.shape(), classes, steps, Optional.empty()).model()) {
      model.checkBegin();
      for (GridStudy.Condition under : study.conditions()) {
        Options.with(model.samplingOptions(), "sampling", under.evaluation().sampling());
      }
    }
  }

  private boolean isDone(Task task) {
    return study.conditions().stream().allMatch(under -> isDone(task, under));
  }

  private boolean isDone(Task task, GridStudy.Condition under) {
    if (!Files.exists(task.result(under))) {
      return false;
    }
    try {
      return StrictJson.object(task.result(under))
          .path("settings")
          .asText()
          .equals(settings(under));
    } catch (IOException | IllegalArgumentException e) {
      // What can't be read is measured again.
      return false;
    }
  }

  /** What a result was measured with, which tells whether it is still of use. */
  private String settings(GridStudy.Condition under) {
    return under.evaluation()
        + (under.name().isEmpty() ? "" : " under " + under.conditions().changes());
  }

  private void train(Task task, int number) throws IOException {
    Path file = task.folder().resolve("manifest.json");
    boolean begun = Files.exists(file);
    if (begun && StrictJson.object(file).path("state").asText().equals("finished")) {
      return;
    }
    AtomicReference<Run> current = new AtomicReference<>();
    RunListener watch =
        new RunListener() {
          @Override
          public void step(Step event) {
            stopIfAsked();
            double share = (double) event.step() / event.epochs() / event.stepsPerEpoch();
            String detail =
                String.format(
                    Locale.ROOT,
                    "epoch %d/%d  step %d/%d  loss %.4g",
                    event.epoch(),
                    event.epochs(),
                    event.stepInEpoch(),
                    event.stepsPerEpoch(),
                    event.result().loss());
            progress(task, number, detail, 0.8 * share);
          }

          @Override
          public void sampling(int epoch, long done, long total) {
            stopIfAsked();
          }

          private void stopIfAsked() {
            Run run = current.get();
            if (run != null && isStopped()) {
              run.stop();
            }
          }
        };
    try (Run run =
        begun
            ? runs.resume(task.folder(), watch)
            : runs.start(task.blueprint(), task.folder(), watch)) {
      current.set(run);
      if (isStopped()) {
        run.stop();
      }
      stopped |= run.train() == Run.State.STOPPED;
    }
  }

  private void evaluate(Task task, GridStudy.Condition under, int number) throws IOException {
    String of = under.name().isEmpty() ? "" : " (drawing " + under.name() + ")";
    try (Sampler sampler = runs.open(task.folder(), OptionalInt.empty(), under.conditions())) {
      DataEvaluation evaluation =
          studies.evaluation(
              under.name().isEmpty() ? task.blueprint() : sampler.blueprint(), under.evaluation());
      Evaluator.Report report =
          evaluation.of(
              sampler,
              (stage, done, total) -> {
                long all = Math.max(1, total);
                progress(
                    task,
                    number,
                    stage + of + " " + 100 * done / all + " %",
                    0.8 + 0.2 * done / all);
                return !isStopped();
              });
      ObjectNode result = evaluation.tree(report, sampler.epoch());
      result.put("settings", settings(under));
      result.put("seconds", clock.seconds());
      JsonNode parameters =
          StrictJson.object(task.folder().resolve("manifest.json")).path("parameters");
      result.set("parameters", parameters);
      if (!under.name().isEmpty() && task.seed() == study.seeds().get(0)) {
        picture(sampler, task, under);
      }
      StudyFiles.write(task.result(under), result);
    }
  }

  private void progress(Task task, int number, String detail, double share) {
    listener.progress(
        new StudyListener.Progress(
            number, tasks.size(), task.name(), detail, failed, clock.left(share)));
  }

  private GridTables tables() throws IOException {
    List<GridTables.Row> rows = new ArrayList<>();
    for (GridStudy.Cell cell : cells) {
      for (GridStudy.Condition under : study.conditions()) {
        rows.add(row(cell, under));
      }
    }
    return new GridTables(
        title(), study.seeds().size(), List.copyOf(study.drawing().keySet()), rows);
  }

  private GridTables.Row row(GridStudy.Cell cell, GridStudy.Condition under) throws IOException {
    List<JsonNode> results = new ArrayList<>();
    List<Long> of = new ArrayList<>();
    Map<Long, String> failures = new LinkedHashMap<>();
    for (Task task : tasks.stream().filter(t -> t.cell().equals(cell)).toList()) {
      if (isDone(task, under)) {
        results.add(StrictJson.object(task.result(under)));
        of.add(task.seed());
        if (under.name().isEmpty()) {
          picture(task);
        }
      } else if (Files.exists(task.failure())) {
        failures.put(task.seed(), StrictJson.text(task.failure()).strip());
      }
    }
    return new GridTables.Row(cell.under(under), of, results, failures);
  }

  /** What a run draws under a condition. */
  private void picture(Sampler sampler, Task task, GridStudy.Condition under) throws IOException {
    int classes = Math.max(1, sampler.classes().size());
    ImageBatch images =
        sampler.sample(
            ImageGrid.labels(classes, COLUMNS),
            under.evaluation().seed(),
            under.evaluation().sampling(),
            (done, total) -> !isStopped());
    List<String> names = classes > 1 && sampler.drawsClasses() ? sampler.classes() : List.of();
    new ImageGrid(ImageGrid.rows(images, COLUMNS, names), "")
        .write(
            task.picture(folder, under),
            Map.of(
                "Software",
                "Ketloom",
                "Description",
                task.name()
                    + ", drawn under "
                    + under.name()
                    + " "
                    + study.drawing().get(under.name())));
  }

  /** The last grid of the cell's first run. */
  private void picture(Task task) throws IOException {
    Path to = task.picture(folder, study.conditions().get(0));
    Path samples = task.folder().resolve("samples");
    if (task.seed() != study.seeds().get(0) || !Files.isDirectory(samples)) {
      return;
    }
    try (Stream<Path> files = Files.list(samples)) {
      Path last =
          files.filter(f -> f.toString().endsWith(".png")).max(Path::compareTo).orElse(null);
      if (last != null) {
        AtomicFile.copy(last, to);
      }
    }
  }
}
