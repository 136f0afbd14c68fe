package org.ketloom.shell.internal.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Figure;
import org.ketloom.api.model.StepResult;
import org.ketloom.files.JsonObject;
import org.ketloom.metrics.Evaluator;
import org.ketloom.metrics.NearestImages;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Runs;
import org.ketloom.shell.internal.console.FakeServices;
import org.ketloom.shell.internal.console.ProgressLine;
import org.ketloom.shell.internal.console.Terminal;
import org.ketloom.shell.internal.main.Ketloom;
import org.ketloom.study.Evaluation;
import org.ketloom.study.EvaluationSettings;
import org.ketloom.study.Studies;
import picocli.CommandLine;

/** Evaluations and studies, on fake runs and metrics. */
class MeasuringTest {
  private record Result(int status, String out, String err) {}

  private final FakeServices services = new FakeServices();
  private final FakeEvaluator evaluator = new FakeEvaluator();
  @TempDir Path folder;

  /** Draws one batch, and measures the seed of the last run that was started. */
  private final class FakeEvaluator implements Evaluator {
    Request request;
    Thread interruption;
    String nearestBy = "";

    @Override
    public List<String> features() {
      return List.of("classifier");
    }

    @Override
    public void check(Request asked) {
      if (asked.samples() < 10) {
        throw new IllegalArgumentException("at least 10 images, found " + asked.samples());
      }
    }

    @Override
    public Report evaluate(Request asked, Generator generator, Stages stages) {
      request = asked;
      if (interruption != null) {
        interruption.start();
        while (stages.update("comparing", 1, 2)) {
          Thread.onSpinWait();
        }
        throw new CancellationException();
      }
      generator.sample(new int[asked.samples()], asked.seed(), (done, total) -> true);
      stages.update("comparing", 1, 1);
      double value = runs.cells.isEmpty() ? 3 : runs.cells.get(runs.cells.size() - 1).seed();
      return new Report(
          "profiles",
          "profiles",
          asked.samples(),
          64,
          List.of(
              figure("frechet-distance", value, 0.5, Figure.Better.LOWER),
              figure("precision", 0.25, 1, Figure.Better.HIGHER)));
    }

    /** The last images of the training split, by whatever features. */
    @Override
    public NearestImages nearest(
        ImageBatch images,
        Dataset training,
        Dataset test,
        String features,
        Map<String, ?> options,
        Stages stages) {
      nearestBy = features + options;
      return new NearestImages(
          IntStream.range(0, images.size()).map(i -> training.size() - 1).toArray(),
          new double[images.size()]);
    }

    private Figure figure(String name, double value, double real, Figure.Better better) {
      return new Figure(
          name,
          value,
          OptionalDouble.empty(),
          OptionalDouble.of(real),
          request.samples(),
          OptionalInt.of(64),
          better);
    }
  }

  /** Runs that leave the files of finished ones. */
  private final class FinishingRuns extends FakeServices.FakeRuns {
    final List<Blueprint> cells = new ArrayList<>();
    long failing = -1;

    @Override
    public Run start(Blueprint blueprint, Path run, RunSettings settings, RunListener listener)
        throws IOException {
      cells.add(blueprint);
      Files.createDirectories(run.resolve("samples"));
      Files.writeString(
          run.resolve("blueprint.json"), services.get(Blueprints.class).json(blueprint));
      Files.write(run.resolve("samples/epoch-0001.png"), new byte[] {1, 2, 3});
      return new Run() {
        @Override
        public Path folder() {
          return run;
        }

        @Override
        public Blueprint blueprint() {
          return blueprint;
        }

        @Override
        public State state() {
          return State.FINISHED;
        }

        @Override
        public State train() throws IOException {
          if (blueprint.seed() == failing) {
            throw new ArithmeticException("loss became NaN");
          }
          listener.step(new RunListener.Step(1, 1, 1, 1, 1, StepResult.of(0.5), 64, Duration.ZERO));
          Files.writeString(
              run.resolve("manifest.json"),
              "{\"state\": \"finished\", \"parameters\": {\"classical\": 40, \"circuit\": 2}}");
          return State.FINISHED;
        }

        @Override
        public void stop() {}

        @Override
        public void close() {}
      };
    }
  }

  private final FinishingRuns runs = new FinishingRuns();

  @BeforeEach
  void metrics() {
    services.put(Evaluator.class, evaluator);
  }

  private Result run(String... arguments) {
    CommandLine line =
        Ketloom.commandLine(services, new Terminal(false, 100, StandardCharsets.UTF_8));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return new Result(Ketloom.execute(line, arguments), out.toString(), err.toString());
  }

  private String study(String json) throws IOException {
    services.put(Runs.class, runs);
    return Files.writeString(folder.resolve("study.json"), json.replace('\'', '"')).toString();
  }

  private static final String GRID =
      "{'blueprint': {'model': 'toy', 'data': {'name': 'dots', 'options': {'size': 2}}},"
          + " 'axes': {'factor': {'one': ['parts.core.options.factor=1'],"
          + " 'two, or so': ['parts.core.options.factor=2']}},"
          + " 'seeds': [3, 5], 'evaluation': {'samples': 20}}";

  // ---- real images beside those that are drawn

  private static BufferedImage picture(Path file) throws IOException {
    return ImageIO.read(file.toFile());
  }

  @Test
  void realAndNearestImagesStandAroundEachRow() throws IOException {
    startRun();
    String run = folder.resolve("run").toString();
    int rows = 2;
    Path plain = folder.resolve("plain.png");
    assertEquals(0, run("sample", run, "--out", plain.toString()).status());
    BufferedImage alone = picture(plain);
    assertEquals(2 + rows * 114, alone.getHeight());
    int name = 4 * 12 - 2 + 2 * 8;
    assertEquals(name + 2 + 8 * 114, alone.getWidth());
    services.runs.drawsClasses = false;
    assertEquals(0, run("sample", run, "--out", plain.toString()).status());
    assertEquals(2 + 8 * 114, picture(plain).getWidth(), "rows that are no classes bear no names");
    services.runs.drawsClasses = true;

    Path file = folder.resolve("all.png");
    Result result =
        run("sample", run, "--real", "--nearest", "pixels", "--caption", "--out", file.toString());
    assertEquals(0, result.status(), result.err());
    BufferedImage all = picture(file);
    int height = 2 + 3 * rows * 114 + (rows - 1) * 8;
    assertTrue(all.getHeight() > height, "the caption is beneath");
    assertEquals("", evaluator.nearestBy, "pixels need no features");

    Result features =
        run("sample", run, "--nearest", "classifier", "--option", "epochs=1", "--per-class", "3");
    assertEquals(0, features.status(), features.err());
    assertEquals("classifier{epochs=1}", evaluator.nearestBy);
    Path named = folder.resolve("run/samples/epoch-3-seed-0-columns-3-nearest-classifier.png");
    assertEquals(2 + 2 * rows * 114 + (rows - 1) * 8, picture(named).getHeight());
    JsonNode told =
        new ObjectMapper()
            .readTree(
                named.resolveSibling("epoch-3-seed-0-columns-3-nearest-classifier.json").toFile());
    assertEquals("classifier", told.get("nearest").asText());
  }

  @Test
  void aTrainedRunDrawsUnderNoiseAndItsFilesSayWhich() throws IOException {
    startRun();
    String run = folder.resolve("run").toString();
    Result drawn =
        run(
            "sample",
            run,
            "--set",
            "parts.noise=uniform",
            "--set",
            "parts.noise.options.bitFlip=0.1");
    assertEquals(0, drawn.status(), drawn.err());
    assertEquals("", drawn.err());
    assertEquals(
        List.of("parts.noise=uniform", "parts.noise.options.bitFlip=0.1"),
        services.runs.conditions);
    Path told = folder.resolve("run/samples/epoch-3-seed-0-noise-uniform-bitFlip-0.1.json");
    assertEquals(
        "[\"parts.noise=uniform\",\"parts.noise.options.bitFlip=0.1\"]",
        new ObjectMapper().readTree(told.toFile()).get("set").toString());
    Result measured =
        run("evaluate", run, "--samples", "20", "--set", "parts.noise=none", "--bins", "2");
    assertEquals(0, measured.status(), measured.err());
    assertEquals(List.of("parts.noise=none"), services.runs.conditions);
    assertTrue(measured.out().contains("noise-none"), measured.out());
  }

  @Test
  void whatCantStandBesideDrawnImagesIsRefused() {
    startRun();
    String run = folder.resolve("run").toString();
    Result unknown = run("sample", run, "--nearest", "nothing");
    assertEquals(1, unknown.status());
    assertTrue(
        unknown.err().contains("there are no features \"nothing\"; there are classifier"),
        unknown.err());
    Result measured = run("evaluate", run, "--features", "nothing");
    assertEquals(1, measured.status());
    assertEquals("", measured.out(), "before the run is opened");
    assertTrue(
        measured.err().contains("there are no features \"nothing\"; there are classifier"),
        measured.err());
    Result data = run("sample", run, "--real", "--format", "npy");
    assertEquals(2, data.status());
    assertTrue(data.err().contains("--real and --nearest are for the grid"), data.err());
    Result option = run("sample", run, "--nearest", "pixels", "--option", "a=1");
    assertEquals(1, option.status());
    assertTrue(option.err().contains("sampling has no option \"a\""), option.err());
  }

  // ---- evaluate

  private void startRun() {
    run(
        "train",
        "--model",
        "toy",
        "--data",
        "dots",
        "--set",
        "data.options.size=2",
        "--run",
        folder.resolve("run").toString());
  }

  @Test
  void evaluationIsPrintedAndWritten() throws IOException {
    startRun();
    Result result =
        run(
            "evaluate",
            folder.resolve("run").toString(),
            "--samples",
            "20",
            "--set",
            "steps=7",
            "--seed",
            "4");
    assertEquals(0, result.status(), result.err());
    assertTrue(result.out().contains("after epoch 3: 20 drawn images"), result.out());
    assertTrue(
        result.out().matches("(?s).*frechet-distance +3\\.0000 +0\\.5000 +lower +20 to 64.*"),
        result.out());
    assertTrue(
        result.out().matches("(?s).*\nreconstruction-mse +0\\.0125 +-  lower +64\n.*"),
        result.out());
    assertEquals("{steps=7}", services.runs.changes);
    assertEquals(4, evaluator.request.seed());
    assertEquals(64, evaluator.request.test().size());
    JsonNode json =
        new ObjectMapper()
            .readTree(
                folder
                    .resolve("run/evaluations/epoch-0003-classifier-20-seed-4-steps-7.json")
                    .toFile());
    assertEquals(3, json.path("measures").path("frechet-distance").path("value").asDouble());
    assertEquals(0.5, json.path("measures").path("frechet-distance").path("real").asDouble());
    assertEquals(20, json.path("samples").asInt());
    JsonNode figure = json.path("figures").path("reconstruction-mse");
    assertEquals("{\"value\":0.0125,\"images\":64,\"better\":\"lower\"}", figure.toString());
    assertEquals("7", json.path("sampling").path("steps").asText());
  }

  /** A model may draw smaller images than it is trained with: real ones are made as small. */
  @Test
  void realImagesAreResizedToWhatTheModelDraws() throws IOException {
    String run = folder.resolve("run").toString();
    run("train", "--model", "toy", "--data", "dots", "--set", "data.options.size=5", "--run", run);
    Result result = run("evaluate", run, "--samples", "20");
    assertEquals(0, result.status(), result.err());
    assertEquals(new ImageShape(1, 2, 2), evaluator.request.test().shape());
    assertEquals(new ImageShape(1, 2, 2), evaluator.request.training().shape());
    JsonNode json =
        new ObjectMapper()
            .readTree(folder.resolve("run/evaluations/epoch-0003-classifier-20.json").toFile());
    assertEquals("1x2x2", json.path("data").path("shape").asText());
  }

  @Test
  void fewerSamplesThanNeededAreRefused() {
    startRun();
    Result result = run("evaluate", folder.resolve("run").toString(), "--samples", "9");
    assertEquals(1, result.status());
    assertEquals("ketloom: at least 10 images, found 9\n", result.err());
  }

  @Test
  void aWrongOptionOfSamplingIsToldBeforeAnythingIsMeasured() {
    startRun();
    Result result =
        run("evaluate", folder.resolve("run").toString(), "--samples", "20", "--set", "step=3");
    assertEquals(1, result.status());
    assertTrue(result.err().contains("has no option \"step\""), result.err());
    assertEquals(null, evaluator.request);
  }

  @Test
  void reconstructionsAreMeasuredInPlaceOfDrawnImages() throws IOException {
    startRun();
    String run = folder.resolve("run").toString();
    Result without = run("evaluate", run, "--samples", "20", "--reconstructions");
    assertEquals(1, without.status());
    assertTrue(without.err().contains("model \"toy\" has no autoencoder"), without.err());
    services.runs.reconstructs = true;
    Result result = run("evaluate", run, "--samples", "20", "--reconstructions");
    assertEquals(0, result.status(), result.err());
    assertEquals(List.of(20, 20), services.runs.reconstructed);
    assertTrue(
        Files.readString(
                folder.resolve("run/evaluations/epoch-0003-classifier-20-reconstructions.json"))
            .contains("\"reconstructions\" : true"));
    Result shown = run("runs", "show", run);
    assertFalse(shown.out().contains("frechet-distance"), shown.out());
  }

  @Test
  void anEvaluationIsPrintedAsJson() throws IOException {
    startRun();
    Result result =
        run(
            "evaluate",
            folder.resolve("run").toString(),
            "--samples",
            "20",
            "--json",
            "--option",
            "steps=9",
            "--set",
            "data.options.size=2");
    assertEquals(0, result.status(), result.err());
    assertEquals("", result.err());
    JsonNode json = new ObjectMapper().readTree(result.out());
    assertEquals("9", json.at("/sampling/steps").asText());
    assertEquals(
        result.out(),
        Files.readString(
            folder.resolve("run/evaluations/epoch-0003-classifier-20-size-2-steps-9.json")));
    Result other =
        run(
            "evaluate",
            folder.resolve("run").toString(),
            "--samples",
            "20",
            "--set",
            "parts.core=chain");
    assertTrue(other.err().contains("only the data that it is compared with"), other.err());
  }

  @Test
  void optionsAreSortedByWhatHasThem() {
    Set<String> sampling = Set.of("steps", "shots");
    Set<String> features = Set.of("steps", "model");
    assertEquals(
        new MeasuredOptions(
            Map.of("shots", "1", "steps", "2"), Map.of("model", "m", "steps", "3", "nobodys", "4")),
        MeasuredOptions.of(
            Map.of(
                "shots",
                "1",
                "sampling.steps",
                "2",
                "model",
                "m",
                "features.steps",
                "3",
                "nobodys",
                "4"),
            sampling,
            Optional.of(features)));
    String told =
        org.junit.jupiter.api.Assertions.assertThrows(
                IllegalArgumentException.class,
                () -> MeasuredOptions.of(Map.of("steps", "5"), sampling, Optional.of(features)))
            .getMessage();
    assertTrue(told.endsWith("write sampling.steps or features.steps"), told);
  }

  @Test
  void anInterruptedEvaluationSaysThatNothingIsWritten() throws Exception {
    startRun();
    evaluator.interruption = new Thread(services.interruptions()::interrupt);
    Result result = run("evaluate", folder.resolve("run").toString(), "--samples", "20");
    evaluator.interruption.join();
    assertEquals(130, result.status(), result.err());
    assertTrue(result.out().endsWith("stopped; nothing is written\n"), result.out());
    assertFalse(Files.exists(folder.resolve("run/evaluations")));
  }

  @Test
  void followingARunIsRefusedBeforeItStartsWhereItCantBe() {
    Result result =
        run(
            "train",
            "--model",
            "toy",
            "--data",
            "dots",
            "--evaluate-every",
            "3",
            "--set",
            "training.checkpointEvery=2",
            "--run",
            folder.resolve("run").toString());
    assertEquals(1, result.status());
    assertTrue(
        result.err().contains("multiple of the epochs between checkpoints, 2, found 3"),
        result.err());
    assertEquals(null, services.runs.started);
  }

  @Test
  void evaluationsOfARunThatGoesOnAreATableAndPictures() throws IOException {
    startRun();
    Studies studies = services.get(Studies.class);
    Evaluation evaluation = studies.evaluation(services.runs.started, EvaluationSettings.of(20, 2));
    StringWriter out = new StringWriter();
    ProgressLine line = new ProgressLine(new PrintWriter(out), false, () -> 100, () -> 0);
    RunListener follower = studies.follow(evaluation, 2, new StudyProgress(line, () -> false));
    follower.started(
        new RunListener.Started(
            folder, 0, 40, 10, 4, 640, Map.of(), List.of(), Map.of(), List.of()));
    follower.checkpoint(folder, 10);
    follower.checkpoint(folder, 40);
    follower.checkpoint(folder, 20);
    follower.checkpoint(folder, 25);
    assertEquals(
        "epoch,samples,reference,frechet-distance,frechet-distance.real,precision,precision.real\n"
            + "2,20.0,64.0,3.0,0.5,0.25,1.0\n"
            + "4,20.0,64.0,3.0,0.5,0.25,1.0\n",
        Files.readString(folder.resolve("evaluation.csv")));
    assertTrue(Files.readString(folder.resolve("evaluation-distance.svg")).contains("<polyline"));
    assertTrue(Files.exists(folder.resolve("evaluation-shares.svg")));
    JsonNode told =
        new ObjectMapper()
            .readTree(folder.resolve("evaluations/epoch-0002-during-training.json").toFile());
    assertEquals(2, told.get("epoch").asInt());
    assertEquals(3, told.at("/measures/frechet-distance/value").asDouble());
    assertTrue(
        out.toString().contains("evaluation after epoch 4:  frechet-distance 3.0000"),
        out.toString());
  }

  // ---- study

  @Test
  void aGridIsTrainedEvaluatedAndTabled() throws IOException {
    Path out = folder.resolve("out");
    Result result = run("study", study(GRID), "--out", out.toString());
    assertEquals(0, result.status(), result.err());
    assertEquals(4, runs.cells.size());
    assertEquals(List.of(3L, 5L, 3L, 5L), runs.cells.stream().map(Blueprint::seed).toList());
    String table = Files.readString(out.resolve("table.md"));
    // 3 and 5: mean 4, deviation sqrt(2).
    assertTrue(
        table.contains("| factor one | 2 of 2 | 42 | 4.0000 ± 1.4142 | 0.2500 ± 0.0000 |"), table);
    assertTrue(table.contains("| real images | | | 0.5000 | 1.0000 | |"), table);
    assertTrue(table.contains("![factor two, or so](grids/factor-two-or-so.png)"), table);
    assertTrue(Files.exists(out.resolve("grids/factor-two-or-so.png")));
    JsonNode json =
        new ObjectMapper()
            .readTree(run("study", study(GRID), "--out", out.toString(), "--json").out());
    assertEquals("finished", json.get("state").asText());
    assertTrue(json.get("rows").size() >= 2, json.toString());
    List<String> csv = Files.readAllLines(out.resolve("table.csv"));
    assertTrue(csv.get(2).startsWith("\"two, or so\",2,42,4.0,1.4142135"), csv::toString);
    assertTrue(
        Files.readAllLines(out.resolve("runs.csv")).contains("one,5,5.0,0.25,"),
        Files.readString(out.resolve("runs.csv")));

    Result again = run("study", study(GRID), "--out", out.toString());
    assertEquals(0, again.status(), again.err());
    assertTrue(again.out().contains("4 done already"), again.out());
    assertEquals(4, runs.cells.size(), "what is done isn't done again");
  }

  @Test
  void failuresAreKeptApartAndCanBeRetried() throws IOException {
    Path out = folder.resolve("out");
    runs.failing = 5;
    Result result = run("study", study(GRID), "--out", out.toString());
    assertEquals(1, result.status());
    assertTrue(result.out().contains("failed: factor one, seed 5: loss became NaN"), result.out());
    String table = Files.readString(out.resolve("table.md"));
    assertTrue(table.contains("| factor one | 1 of 2 | 42 | 3.0000 |"), table);
    assertTrue(table.contains("- factor two, or so, seed 5: loss became NaN"), table);
    runs.failing = -1;
    run("study", study(GRID), "--out", out.toString());
    assertEquals(4, runs.cells.size(), "failures stay until they are retried");
    assertEquals(0, run("study", study(GRID), "--out", out.toString(), "--retry").status());
    assertEquals(6, runs.cells.size());
    assertFalse(Files.readString(out.resolve("table.md")).contains("Failed"));
  }

  @Test
  void impossibleCellsAreNamedBeforeAnythingRuns() throws IOException {
    String bad = GRID.replace("factor=2", "length=2");
    Result result = run("study", study(bad), "--out", folder.resolve("out").toString());
    assertEquals(1, result.status());
    assertTrue(
        result.err().contains("1 of 2 cells can't be run, so nothing was run: factor two, or so: "),
        result.err());
    assertTrue(result.err().contains("length"), result.err());
    String unknown = GRID.replace("'samples': 20", "'samples': 20, 'sampling': {'glow': 3}");
    Result refused = run("study", study(unknown), "--out", folder.resolve("out").toString());
    assertEquals(1, refused.status());
    assertTrue(refused.err().contains("glow"), refused.err());
    assertEquals(0, runs.cells.size());
  }

  @Test
  void cellsThatWereBegunWithAnotherBlueprintAreLeftAlone() throws IOException {
    Path out = folder.resolve("out");
    run("study", study(GRID), "--out", out.toString());
    String other = GRID.replace("'size': 2}}", "'size': 2}}, 'training': {'epochs': 9}");
    Result result = run("study", study(other), "--out", out.toString());
    assertEquals(1, result.status());
    assertTrue(result.err().contains("was started with a different Blueprint: "), result.err());
    assertTrue(result.err().contains("training.epochs"), result.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'kind': 'grit'} | kind must be grid, gradient-variance or shot-noise, found",
        "{'seed': 1} | seed is unknown; known are kind, title, blueprint",
        "{'axes': {}} | blueprint is missing; it must be an object",
        "{'blueprint': {'model': 'toy'}, 'seeds': []} | seeds must be a list of whole numbers",
        "{'blueprint': {'model': 'toy'}, 'axes': {'a': {'b': [3]}}} | axes.a.b must be a list of",
        "{'blueprint': {'model': 'toy'}, 'evaluation': {'bins': 1}} | evaluation.bins must be at"
            + " least 2",
        "{'kind': 'gradient-variance', 'ansatz': 'chain', 'qubits': [1]} | qubits must be a list of"
            + " different numbers from 2",
        "{'kind': 'gradient-variance', 'ansatz': 'chian', 'qubits': [2], 'depths': ['linear'],"
            + " 'widths': [1]} | ansatz \"chian\" isn't registered",
        "{'kind': 'gradient-variance', 'encoding': 'none', 'ansatz': 'chain', 'qubits': [2],"
            + " 'depths': ['linear'], 'widths': [1]} | encoding \"none\" isn't registered",
        "{'kind': 'gradient-variance', 'encodingOptions': {'a': 1}, 'ansatz': 'chain', 'qubits':"
            + " [2], 'depths': ['linear'], 'widths': [1]} | encodingOptions are given without an",
        "{'kind': 'shot-noise'} | run must be the folder of a trained run",
        "{'kind': 'shot-noise', 'run': 'r', 'shots': [0]} | shots must be a list of different whole"
            + " numbers from 1, and",
        "{'kind': 'shot-noise', 'run': 'r', 'shots': [5], 'evaluation': {'sampling': {'shots': 2}}}"
            + " | evaluation.sampling must not set shots"
      })
  void wrongStudiesAreRefusedByPath(String json, String expected) throws IOException {
    Result result = run("study", study(json), "--out", folder.resolve("out").toString());
    assertEquals(1, result.status(), result.out());
    assertTrue(result.err().contains(expected), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
    assertFalse(Files.exists(folder.resolve("out")));
  }

  @Test
  void gradientVarianceIsATableAndAPicture() throws IOException {
    Path out = folder.resolve("out");
    String json =
        "{'kind': 'gradient-variance', 'ansatz': 'chain', 'options': {'factor': 1},"
            + " 'qubits': [2, 3, 4], 'depths': ['linear'], 'widths': ['full', 0.01],"
            + " 'samples': 20}";
    Result result = run("study", study(json), "--out", out.toString());
    assertEquals(0, result.status(), result.err());
    List<String> csv = Files.readAllLines(out.resolve("gradient-variance.csv"));
    assertEquals(1 + 2 * 3, csv.size());
    assertTrue(csv.get(3).startsWith("chain,linear,full,6.283185307179586,4,4,"), csv::toString);
    assertEquals(8, csv.get(0).split(",").length);
    assertTrue(Double.parseDouble(csv.get(1).split(",")[7]) > 0, csv::toString);
    String svg = Files.readString(out.resolve("gradient-variance.svg"));
    assertTrue(svg.contains("full, linear"), svg);
    assertEquals(6, svg.split("h6m-3 0V").length - 1, "an error bar for each point");
    assertEquals(2, svg.split("stroke-dasharray=\"2 3\"").length - 1, "a fit for each curve");
    assertTrue(Files.readString(out.resolve("table.md")).contains("| rate |"));
  }

  @Test
  void gradientVarianceMayEncodeFeatures() throws IOException {
    Path out = folder.resolve("out");
    String json =
        "{'kind': 'gradient-variance', 'encoding': 'one-per-wire', 'ansatz': 'chain', 'qubits':"
            + " [2, 3], 'depths': ['linear'], 'widths': ['full'], 'samples': 5}";
    Result result = run("study", study(json), "--out", out.toString());
    assertEquals(0, result.status(), result.err());
    String table = Files.readString(out.resolve("table.md"));
    assertTrue(table.contains("of `one-per-wire and chain` over 5"), table);
  }

  @Test
  void shotNoiseIsMeasuredAgainstShotsAndGoesOn() throws IOException {
    startRun();
    Path out = folder.resolve("out");
    String json =
        "{'kind': 'shot-noise', 'run': '%s', 'shots': ['exact', 1024, 64], 'seeds': [3, 5],"
            + " 'evaluation': {'samples': 20, 'sampling': {'steps': 7}}}";
    String file =
        Files.writeString(
                folder.resolve("shots.json"),
                json.formatted(folder.resolve("run")).replace('\'', '"'))
            .toString();
    Result result = run("study", file, "--out", out.toString());
    assertEquals(0, result.status(), result.err());
    List<String> csv = Files.readAllLines(out.resolve("shot-noise.csv"));
    assertEquals("shots,seed,frechet-distance,precision", csv.get(0));
    assertEquals(
        List.of("64,3", "64,5", "1024,3", "1024,5", "exact,3", "exact,5"),
        csv.stream().skip(1).map(l -> l.replaceFirst(",3\\.0,0\\.25$", "")).toList());
    assertTrue(
        services.runs.changes.contains("shots=0") && services.runs.changes.contains("steps=7"),
        services.runs.changes);
    assertEquals(5, evaluator.request.seed());
    String table = Files.readString(out.resolve("table.md"));
    assertTrue(table.contains("| 1024 | 3.0000 ± 0.0000 | 0.2500 ± 0.0000 |"), table);
    assertTrue(table.contains("| real images | 0.5000 | 1.0000 |"), table);
    String picture = Files.readString(out.resolve("shot-noise.svg"));
    assertTrue(picture.contains("frechet-distance, exact"), picture);
    assertTrue(Files.exists(out.resolve("shot-noise-shares.svg")));

    Files.delete(out.resolve("points/1024-seed-5.json"));
    evaluator.request = null;
    assertEquals(0, run("study", file, "--out", out.toString()).status());
    assertEquals(5, evaluator.request.seed());
    assertTrue(services.runs.changes.contains("shots=1024"), "what is done isn't done again");
  }

  @ParameterizedTest
  @CsvSource({"grid", "ablation", "choices", "gradient-variance", "noise", "shot-noise"})
  void examplesAreStudies(String name) {
    Result result = run("study", "--example", name);
    assertEquals(0, result.status(), result.err());
    assertTrue(JsonObject.parse(result.out(), name).has("kind"));
    assertEquals(2, run("study", "--example", "nothing").status());
  }
}
