package org.ketloom.shell.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.PartSelection;
import org.ketloom.metrics.Evaluator;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;

/**
 * Blueprints x seeds: each is trained in a run of its own and evaluated. The study's folder holds
 *
 * <pre>
 * table.md table.csv   mean and standard deviation over the seeds, by cell
 * runs.csv             every run
 * grids/               a picture per cell: the last grid of its first seed
 * cells/CELL/seed-1/   the runs; result.json has what was measured, failure.txt what went wrong
 * </pre>
 */
final class GridStudy {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A place of the grid.
   *
   * @param choices value by axis
   * @param assignments what they change in the Blueprint
   */
  record Cell(Map<String, String> choices, List<String> assignments) {
    String name() {
      return choices.isEmpty()
          ? "base"
          : String.join(
              ", ", choices.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList());
    }

    String slug() {
      return name().replaceAll("[^A-Za-z0-9.]+", "-").replaceAll("^-|-$", "");
    }
  }

  /** A run of a cell. */
  private record Task(Cell cell, long seed, Blueprint blueprint, Path folder) {
    Path result() {
      return folder.resolve("result.json");
    }

    Path failure() {
      return folder.resolveSibling(folder.getFileName() + ".failure.txt");
    }

    String name() {
      return cell.name() + ", seed " + seed;
    }
  }

  private final Services services;
  private final ProgressLine line;
  private final Path folder;
  private final String title;
  private final Draft draft;
  private final List<Cell> cells;
  private final List<Long> seeds;
  private final EvaluationSettings settings;
  private final Clock clock = new Clock();

  private volatile Run current;
  private volatile boolean interrupted;
  private int failed;

  /**
   * Reads the study.
   *
   * @throws IllegalArgumentException naming what is wrong in the file
   */
  GridStudy(Services services, ProgressLine line, StudyFile file, Path folder) {
    this.services = services;
    this.line = line;
    this.folder = folder;
    file.only("kind", "title", "blueprint", "axes", "seeds", "evaluation");
    title = file.text("title", folder.getFileName().toString());
    draft =
        services
            .get(Blueprints.class)
            .parse(file.object("blueprint").node().toString(), file.where() + ", blueprint");
    cells = cells(file.objectOrEmpty("axes"));
    seeds =
        file.has("seeds")
            ? file.list("seeds", n -> n.canConvertToLong() ? n.longValue() : null, "whole numbers")
            : List.of(1L);
    StudyFile evaluation =
        file.objectOrEmpty("evaluation")
            .only("samples", "conditional", "bins", "seed", "features", "options", "sampling");
    settings =
        new EvaluationSettings(
            evaluation.number("samples", 1000, 1),
            evaluation.flag("conditional", true),
            evaluation.number("bins", 100, 2),
            evaluation.seed("seed", 0),
            evaluation.text("features", EvaluationSettings.FEATURES),
            evaluation.texts("options"),
            evaluation.texts("sampling"));
  }

  private static List<Cell> cells(StudyFile axes) {
    List<Cell> cells = List.of(new Cell(Map.of(), List.of()));
    for (String axis : axes.names()) {
      StudyFile values = axes.object(axis);
      if (values.names().isEmpty()) {
        throw axes.wrong(axis, "has no values");
      }
      List<Cell> next = new ArrayList<>();
      for (Cell cell : cells) {
        for (String value : values.names()) {
          Map<String, String> choices = new LinkedHashMap<>(cell.choices());
          choices.put(axis, value);
          List<String> assignments = new ArrayList<>(cell.assignments());
          if (!values.node().get(value).isEmpty() || !values.node().get(value).isArray()) {
            assignments.addAll(
                values.list(
                    value, n -> n.isTextual() ? n.textValue() : null, "texts like \"path=value\""));
          }
          next.add(new Cell(choices, assignments));
        }
      }
      cells = next;
    }
    return cells;
  }

  /** Runs what isn't done yet; the exit status. */
  int run(boolean check, boolean retry) throws IOException {
    List<Task> tasks = tasks();
    long done = tasks.stream().filter(this::isDone).count();
    line.println(
        title
            + ": "
            + cells.size()
            + " cells x "
            + seeds.size()
            + " seeds"
            + (done > 0 ? ", " + done + " done already" : "")
            + ", into "
            + folder);
    if (check) {
      cells.forEach(cell -> line.println("  " + cell.name()));
      return 0;
    }
    CountDownLatch over = new CountDownLatch(1);
    Interruptions.Work work =
        () -> {
          interrupted = true;
          Run run = current;
          if (run != null) {
            run.stop();
          }
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    services.interruptions().add(work);
    try {
      return run(tasks, retry);
    } finally {
      over.countDown();
      services.interruptions().remove(work);
    }
  }

  private int run(List<Task> tasks, boolean retry) throws IOException {
    for (Task task : tasks) {
      if (retry && Files.exists(task.failure())) {
        delete(task.folder());
        Files.delete(task.failure());
      }
    }
    List<Task> open = tasks.stream().filter(t -> !isDone(t) && !Files.exists(t.failure())).toList();
    failed = (int) tasks.stream().filter(t -> Files.exists(t.failure())).count();
    for (int i = 0; i < open.size() && !interrupted; i++) {
      Task task = open.get(i);
      clock.begin(open.size() - i);
      try {
        train(task, tasks.size() - open.size() + i + 1, tasks.size());
        if (!interrupted) {
          evaluate(task, tasks.size() - open.size() + i + 1, tasks.size());
        }
      } catch (CancellationException e) {
        interrupted = true;
      } catch (IOException | RuntimeException e) {
        failed++;
        GridTables.write(task.failure(), Messages.of(e) + "\n");
        line.println("failed: " + task.name() + ": " + Messages.of(e));
      }
      clock.end();
    }
    tables(tasks);
    if (interrupted) {
      line.println("stopped; the same command goes on");
      return TrainingSession.Outcome.STOPPED.status();
    }
    Files.readAllLines(folder.resolve("table.md")).stream()
        .takeWhile(text -> !text.equals(GridTables.PICTURES))
        .forEach(line::println);
    line.println("written to " + folder);
    return failed == 0 ? 0 : 1;
  }

  /**
   * All runs in order, after all that can be checked before they begin.
   *
   * @throws IllegalArgumentException naming each cell that is impossible, or that was begun with
   *     another Blueprint
   */
  private List<Task> tasks() throws IOException {
    Blueprints blueprints = services.get(Blueprints.class);
    List<String> problems = new ArrayList<>();
    List<Task> tasks = new ArrayList<>();
    Map<PartSelection, Dataset> data = new HashMap<>();
    Map<PartSelection, Evaluation> evaluations = new HashMap<>();
    for (Cell cell : cells) {
      line.update("checking the cells", cells.indexOf(cell), cells.size());
      try {
        Draft changed =
            cell.assignments().isEmpty() ? draft : blueprints.set(draft, cell.assignments());
        Blueprint blueprint = BlueprintOptions.complete(services, changed);
        compose(blueprint, data);
        if (!evaluations.containsKey(blueprint.data())) {
          evaluations.put(blueprint.data(), new Evaluation(services, blueprint, settings));
        }
        for (long seed : seeds) {
          Blueprint seeded =
              new Blueprint(
                  blueprint.model(),
                  blueprint.parts(),
                  blueprint.data(),
                  blueprint.training(),
                  seed);
          Path path = folder.resolve("cells").resolve(cell.slug()).resolve("seed-" + seed);
          tasks.add(new Task(cell, seed, seeded, path));
        }
      } catch (IllegalArgumentException | IllegalStateException e) {
        problems.add(cell.name() + ": " + Messages.of(e));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          problems.size()
              + " of "
              + cells.size()
              + " cells are impossible, nothing was run: "
              + String.join("; ", problems));
    }
    List<String> slugs = cells.stream().map(Cell::slug).distinct().toList();
    if (slugs.size() < cells.size()) {
      throw new IllegalArgumentException(
          "names of axes and values differ in nothing but punctuation: " + slugs);
    }
    for (Task task : tasks) {
      Path begun = task.folder().resolve("blueprint.json");
      if (Files.exists(begun)) {
        List<String> differences =
            blueprints.differences(blueprints.complete(blueprints.read(begun)), task.blueprint());
        if (!differences.isEmpty()) {
          throw new IllegalArgumentException(
              task.folder()
                  + " was begun with another Blueprint: "
                  + String.join(", ", differences)
                  + "; choose another folder with --out");
        }
      }
    }
    return tasks;
  }

  /** Builds the model once, and throws it away. */
  private void compose(Blueprint blueprint, Map<PartSelection, Dataset> opened) throws IOException {
    Composer composer = services.get(Composer.class);
    Dataset data = opened.get(blueprint.data());
    if (data == null) {
      data = composer.open(blueprint, DatasetProvider.Split.TRAIN);
      opened.put(blueprint.data(), data);
    }
    long steps =
        (long) blueprint.training().epochs()
            * data.batchesPerEpoch(blueprint.training().batchSize());
    int classes = Math.max(1, data.classes().size());
    try (GenerativeModel<?> model =
        composer.compose(blueprint, data.shape(), classes, steps).model()) {
      model.checkBegin();
    }
  }

  private boolean isDone(Task task) {
    if (!Files.exists(task.result())) {
      return false;
    }
    try {
      return JSON.readTree(task.result().toFile())
          .path("settings")
          .asText()
          .equals(settings.toString());
    } catch (IOException e) {
      return false;
    }
  }

  private void train(Task task, int number, int all) throws IOException {
    JsonNode manifest = JSON.createObjectNode();
    Path file = task.folder().resolve("manifest.json");
    if (Files.exists(file)) {
      manifest = JSON.readTree(file.toFile());
    }
    if (manifest.path("state").asText().equals("finished")) {
      return;
    }
    RunListener listener =
        new RunListener() {
          @Override
          public void step(Step event) {
            if (line.due()) {
              double share = (double) event.step() / event.epochs() / event.stepsPerEpoch();
              show(
                  task,
                  number,
                  all,
                  String.format(
                      java.util.Locale.ROOT,
                      "epoch %d/%d  step %d/%d  loss %.4g",
                      event.epoch(),
                      event.epochs(),
                      event.stepInEpoch(),
                      event.stepsPerEpoch(),
                      event.result().loss()),
                  0.8 * share);
            }
          }
        };
    Runs runs = services.get(Runs.class);
    try (Run run =
        Files.exists(file)
            ? runs.resume(task.folder(), listener)
            : runs.start(task.blueprint(), task.folder(), listener)) {
      current = run;
      if (interrupted) {
        run.stop();
      }
      interrupted |= run.train() == Run.State.STOPPED;
    } finally {
      current = null;
    }
  }

  private void evaluate(Task task, int number, int all) throws IOException {
    Evaluation evaluation = new Evaluation(services, task.blueprint(), settings);
    try (Sampler sampler = services.get(Runs.class).open(task.folder(), OptionalInt.empty())) {
      Evaluator.Report report =
          evaluation.of(
              sampler,
              (stage, done, total) -> {
                if (line.due()) {
                  double share = 0.8 + 0.2 * done / Math.max(1, total);
                  show(
                      task,
                      number,
                      all,
                      stage + " " + 100 * done / Math.max(1, total) + " %",
                      share);
                }
                return !interrupted;
              });
      ObjectNode result = evaluation.json(report, sampler.epoch());
      result.put("settings", settings.toString());
      result.put("seconds", clock.seconds());
      JsonNode parameters =
          JSON.readTree(task.folder().resolve("manifest.json").toFile()).path("parameters");
      result.set("parameters", parameters);
      Evaluation.write(task.result(), result);
    }
  }

  private void show(Task task, int number, int all, String what, double share) {
    line.show(
        "run "
            + number
            + "/"
            + all
            + "  "
            + task.name()
            + "  "
            + what
            + (failed > 0 ? "  " + failed + " failed" : "")
            + "  "
            + clock.left(share));
  }

  private void tables(List<Task> tasks) throws IOException {
    List<GridTables.Row> rows = new ArrayList<>();
    for (Cell cell : cells) {
      List<JsonNode> results = new ArrayList<>();
      List<Long> of = new ArrayList<>();
      Map<Long, String> failures = new LinkedHashMap<>();
      for (Task task : tasks.stream().filter(t -> t.cell().equals(cell)).toList()) {
        if (isDone(task)) {
          results.add(JSON.readTree(task.result().toFile()));
          of.add(task.seed());
          picture(task);
        } else if (Files.exists(task.failure())) {
          failures.put(task.seed(), Files.readString(task.failure()).strip());
        }
      }
      rows.add(new GridTables.Row(cell, of, results, failures));
    }
    new GridTables(title, seeds.size(), rows).write(folder);
  }

  /** The last grid of the cell's first run. */
  private void picture(Task task) throws IOException {
    Path to = folder.resolve("grids").resolve(task.cell().slug() + ".png");
    Path samples = task.folder().resolve("samples");
    if (task.seed() != seeds.get(0) || !Files.isDirectory(samples)) {
      return;
    }
    try (Stream<Path> files = Files.list(samples)) {
      Path last =
          files.filter(f -> f.toString().endsWith(".png")).max(Path::compareTo).orElse(null);
      if (last != null) {
        Files.createDirectories(to.getParent());
        Files.copy(last, to, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Time left, from the runs that were made since the command began. */
  private static final class Clock {
    private long begin;
    private int open;
    private long spent;
    private int finished;

    void begin(int left) {
      begin = System.nanoTime();
      open = left;
    }

    void end() {
      spent += System.nanoTime() - begin;
      finished++;
    }

    double seconds() {
      return (System.nanoTime() - begin) / 1e9;
    }

    String left(double share) {
      long now = System.nanoTime() - begin;
      if (finished == 0 && share < 0.02) {
        return "";
      }
      double each = finished > 0 ? (double) spent / finished : now / share;
      double left = each * (open - Math.min(1, share));
      return TrainingLog.text(java.time.Duration.ofNanos((long) left)) + " left";
    }
  }
}
