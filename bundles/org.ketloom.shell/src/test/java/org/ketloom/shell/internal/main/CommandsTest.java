package org.ketloom.shell.internal.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ketloom.api.error.FileProblemException;
import org.ketloom.api.error.Remedy;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Runs;
import org.ketloom.shell.internal.compose.BlueprintOptions;
import org.ketloom.shell.internal.console.FakeServices;
import org.ketloom.shell.internal.console.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

class CommandsTest {
  private record Result(int status, String out, String err) {}

  private final FakeServices services = new FakeServices();
  @TempDir Path folder;

  private Result run(String... arguments) {
    CommandLine line =
        Ketloom.commandLine(services, new Terminal(false, 100, StandardCharsets.UTF_8));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return new Result(Ketloom.execute(line, arguments), out.toString(), err.toString());
  }

  /**
   * picocli looks at all methods of a command's class, and so of all commands: one that speaks of a
   * package that isn't installed would disable every command.
   */
  @Test
  void noMethodOfACommandSpeaksOfWhatMayBeMissing() {
    Set<String> spoken = new TreeSet<>();
    List<CommandLine> lines = new ArrayList<>();
    lines.add(Ketloom.commandLine(services, new Terminal(false, 100, StandardCharsets.UTF_8)));
    for (int i = 0; i < lines.size(); i++) {
      lines.addAll(lines.get(i).getSubcommands().values());
      for (Method method :
          lines.get(i).getCommandSpec().userObject().getClass().getDeclaredMethods()) {
        Stream.concat(Stream.of(method.getReturnType()), Stream.of(method.getParameterTypes()))
            .filter(type -> type.getName().matches("org\\.ketloom\\.(bench|study|metrics)\\..*"))
            .forEach(type -> spoken.add(method.getDeclaringClass().getSimpleName() + ": " + type));
      }
    }
    assertTrue(lines.size() > 20, lines::toString);
    assertEquals(Set.of(), spoken);
  }

  @Test
  void optionsThatMayStayEmptyAreMarkedForTheCheckOfNullness() {
    Set<String> mayStayEmpty = new TreeSet<>();
    Set<String> marked = new TreeSet<>();
    List<CommandLine> lines = new ArrayList<>();
    lines.add(Ketloom.commandLine(services, new Terminal(false, 100, StandardCharsets.UTF_8)));
    for (int i = 0; i < lines.size(); i++) {
      lines.addAll(lines.get(i).getSubcommands().values());
      for (ArgSpec argument : lines.get(i).getCommandSpec().args()) {
        if (argument.userObject() instanceof Field field && !field.getType().isPrimitive()) {
          if (!argument.required()
              && argument.defaultValue() == null
              && argument.initialValue() == null) {
            mayStayEmpty.add(field.toString());
          }
          if (field.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
            marked.add(field.toString());
          }
        }
      }
    }
    assertTrue(mayStayEmpty.size() > 20, mayStayEmpty.toString());
    assertEquals(mayStayEmpty, marked);
  }

  static Stream<String> commands() {
    CommandLine root =
        Ketloom.commandLine(new FakeServices(), new Terminal(false, 100, StandardCharsets.UTF_8));
    List<String> names = new ArrayList<>(List.of(""));
    collect(root, "", names);
    return names.stream();
  }

  private static void collect(CommandLine line, String prefix, List<String> names) {
    line.getSubcommands()
        .forEach(
            (name, child) -> {
              names.add((prefix + " " + name).strip());
              collect(child, prefix + " " + name, names);
            });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelpWithAnExampleOfItself(String command) {
    List<String> arguments =
        new ArrayList<>(command.isEmpty() ? List.of() : List.of(command.split(" ")));
    arguments.add("--help");
    Result result = run(arguments.toArray(String[]::new));
    assertEquals(0, result.status(), result.err());
    int example = result.out().indexOf("Example");
    assertTrue(example > 0, result.out());
    assertTrue(
        result.out().substring(example).contains(("  ketloom " + command).stripTrailing()),
        result.out());
    assertTrue(services.asked.isEmpty(), "help needs no service");
  }

  @Test
  void thereAreTheCommandsThatAreDocumented() {
    assertTrue(
        commands()
            .toList()
            .containsAll(
                List.of(
                    "demo",
                    "train",
                    "resume",
                    "sample",
                    "evaluate",
                    "study",
                    "parts",
                    "blueprint show",
                    "blueprint validate",
                    "blueprint defaults",
                    "circuit draw",
                    "circuit plan",
                    "circuit qasm",
                    "circuit eval",
                    "circuit bench",
                    "data get",
                    "runs list",
                    "runs show",
                    "runs compare",
                    "runs tag",
                    "runs note",
                    "runs remove",
                    "swap",
                    "composition set",
                    "serve",
                    "health",
                    "deploy list",
                    "deploy add",
                    "deploy remove",
                    "deploy rollback",
                    "deploy why",
                    "plugin new",
                    "shell",
                    "version")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | a command is missing",
        "frobnicate | there is no command \"frobnicate\"",
        "circuit | a command is missing",
        "train --epochs x | --epochs takes a whole number of 1 or more, found \"x\"",
        "train --epochs 0 | --epochs takes a whole number of 1 or more, found \"0\"",
        "train --epochs 99999999999 | --epochs takes a whole number of 1 to 2147483647, found",
        "train --epochs | --epochs needs a value: N is missing",
        "train --seed 1.5 | --seed takes a whole number, found \"1.5\"",
        "train --seed 99999999999999999999 | --seed takes a whole number of fewer digits, found",
        "train --frob | there is no option --frob",
        "sample r --set steps | --set takes PATH=VALUE, found \"steps\"",
        "circuit eval a b | \"b\" is one argument too many",
        "circuit eval a --shots -3 | --shots takes a whole number of 0 or more, found \"-3\"",
        "circuit eval a --tolerance x | --tolerance takes a number, found \"x\"",
        "evaluate r --bins 0 | --bins takes a whole number of 1 or more, found \"0\"",
        "runs list --sort size | --sort takes name, state, step, loss, time, found \"size\"",
        "circuit draw | give a FILE, or parts",
        "circuit draw a.json --ansatz chain | not both",
        "circuit draw --ansatz chain --format png | --format takes text, svg, latex, found \"png\"",
        "circuit draw --ansatz chain --format svg --ascii | --ascii is for text alone",
        "circuit draw --ansatz chain --format latex --width 9 | --width is for text and SVG",
        "circuit plan --ansatz chain --batch 0 | --batch takes a whole number of 1 or more, found \"0\"",
        "circuit plan --ansatz chain --precision half | --precision takes double, single, found \"half\"",
        "circuit eval | FILE is missing",
        "circuit eval a.json --shots 9 --precision single | used together",
        "circuit eval a.json --compare --write-expected | used together",
        "circuit bench | give parts with --ansatz and --encoding, or --all; not both",
        "circuit bench --all --ansatz chain | or --all; not both",
        "circuit bench --ansatz chain --layers 3..1 | --layers takes numbers from 1 on, such as 4 or"
            + " 4,6,8 or 1..5, found \"3..1\"",
        "circuit bench --ansatz chain --wires 4,x | --wires takes numbers from 1 on",
        "parts --wires 0 | --wires takes a whole number of 1 or more, found \"0\"",
        "deploy | a command is missing",
        "deploy rollback first | N takes a whole number, found \"first\"",
        "plugin new ladder | --kind KIND is missing",
        "plugin new ladder --kind part | --kind takes ansatz, encoding, observable, noise",
        "plugin new Ladder --kind ansatz | NAME is lower case with dashes",
        "plugin new ladder --kind ansatz --package No.Such | --package is a Java package",
        "plugin new ladder --kind ansatz --package int.x | --package is a Java package",
        "sample run --per-class 0 | --per-class takes a whole number of 1 or more, found \"0\"",
        "sample run --out picture.jpg | --out picture.jpg: images are written as PNG",
        "sample run --out . | --out . is a folder",
        "sample run --format PNG | --format takes grid, png-folder, npy, safetensors, idx; found",
        "sample run --format safetensors --out a.npy | images are written as safetensors",
        "sample run --format npy --out . | --out . already exists: name a different folder",
        "sample run --out= | --out takes a path, found \"\""
      })
  void wrongUsageIsStatus2AndOneLineThatSaysWhat(String arguments, String message) {
    Result result = run(arguments.isEmpty() ? new String[0] : arguments.split(" "));
    assertEquals(2, result.status());
    assertTrue(result.err().startsWith("ketloom: "), result.err());
    assertTrue(result.err().lines().findFirst().orElseThrow().contains(message), result.err());
    assertTrue(result.err().contains("--help"), result.err());
    assertEquals("", result.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "circuit draw --encoding nope | there is no encoding \"nope\"; there is one-per-wire",
        "circuit draw --ansatz one-per-wire | one-per-wire is an encoding, --ansatz takes an ansatz:"
            + " chain",
        "train --model toy --set parts.core=dots | parts.core: no ansatz \"dots\" is registered, dots is"
            + " a dataset",
        "sample r --per-class 100000000 | --per-class 100000000 asks for 200,000,000 images",
        "evaluate r --samples 2000000000 | --samples 2000000000 is more than there is memory for",
        "circuit draw --encoding one-per-wire --wires 0 | at least 1 wire (qubit), found 0",
        "circuit draw --ansatz chain --option ansatz.foo=1 | ansatz \"chain\" has no option \"foo\"",
        "circuit draw --ansatz chain --option foo=1 | --option foo: a part's option is named as",
        "circuit draw --encoding one-per-wire --features 9 | --features: the encoding takes 1 to 4"
            + " features on 4 wires",
        "circuit eval nowhere.json | nowhere.json: there is no such file",
        "circuit plan --ansatz chain --precision single | computes in double precision only",
        "circuit bench --ansatz nope | there is no ansatz \"nope\"; there is chain",
        "circuit bench --ansatz chain --set foo=1 | --set foo: an option is named as ansatz.NAME or",
        "circuit bench --ansatz chain --set encoding.x=1 | --set encoding.x: an option is named as",
        "circuit bench --ansatz chain --set ansatz.foo=1 | ansatz \"chain\" has no option \"foo\"",
        "circuit bench --all --set ansatz.factor=1 | with --all parts have their defaults",
        "circuit bench --ansatz chain --estimator mean | there is no estimator \"mean\"; there is"
            + " mass, centre, equal-mass",
        "circuit bench --ansatz chain --trainability 2 | initialisations must be from 3 to 100000000",
        "circuit bench --ansatz chain --pairs 1 | pairs must be from 2 to 100000000, found 1",
        "parts nope | there is no kind or part \"nope\"",
        "train --data nowhere | there is no folder or data set of that name; data sets are",
        "train --model nope | WAITING: model: no model \"nope\"",
        "train --model toy --set parts.core=nope | WAITING: parts.core: no ansatz \"nope\"",
        "data get cifar | there is no data set \"cifar\""
      })
  void failuresAreStatus1AndOneLine(String arguments, String message) {
    Result result = run(arguments.split(" "));
    assertEquals(1, result.status(), result.out());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().startsWith("ketloom: "), result.err());
    assertTrue(result.err().contains(message), result.err());
  }

  @Test
  void verboseShowsWhere() {
    Result result = run("circuit", "eval", "nowhere.json", "--verbose");
    assertEquals(1, result.status());
    assertTrue(result.err().contains("\tat org.ketloom.shell"), result.err());
  }

  @Test
  void partsTellsOptionsAndCounts() throws IOException {
    Result table = run("parts", "--wires", "3");
    assertEquals(0, table.status(), table.err());
    assertTrue(table.out().contains("chain"), table.out());
    assertTrue(table.out().contains("factor = 1.0  (double) multiplies every angle"), table.out());
    assertTrue(table.out().contains("angles of 2 layers on 3 wires: 6 (2x3)"), table.out());
    assertTrue(table.out().contains("most features on 3 wires: 3"), table.out());
    assertTrue(table.out().contains("trainable Hermitian entries on 3 wires: 16"), table.out());
    assertTrue(table.out().contains("core = chain (ansatz)"), table.out());

    JsonNode json = new ObjectMapper().readTree(run("parts", "--json").out());
    JsonNode chain =
        stream(json.get("parts"))
            .filter(p -> p.get("name").textValue().equals("chain"))
            .findFirst()
            .orElseThrow();
    assertEquals(1.0, chain.get("options").get(0).get("default").doubleValue());
    assertEquals("1.2.0", chain.get("version").textValue());
    assertEquals("4 (1x4)", chain.get("counts").get("angles of 1 layer on 4 wires").textValue());

    assertTrue(table.out().contains("parameters: `ketloom parts toy` counts them"), table.out());
    assertTrue(run("parts", "toy").out().contains("parameters: circuit 8 (all defaults)"));
    assertEquals(2, run("parts", "chain", "--brief").out().lines().count());
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return java.util.stream.StreamSupport.stream(array.spliterator(), false);
  }

  @Test
  void drawsAndExportsComposedParts() {
    String[] parts = {
      "--encoding",
      "one-per-wire",
      "--ansatz",
      "chain",
      "--observable",
      "first-two",
      "--wires",
      "2",
      "--option",
      "ansatz.factor=2"
    };
    Result drawing =
        run(Stream.concat(Stream.of("circuit", "draw"), Stream.of(parts)).toArray(String[]::new));
    assertEquals(0, drawing.status(), drawing.err());
    assertTrue(drawing.out().contains("0: ─RY(x0)─RX(2*w0)─●─"), drawing.out());
    List<String> formats = List.of("svg", "latex");
    for (String format : formats) {
      Result picture =
          run(
              Stream.concat(Stream.of("circuit", "draw", "--format", format), Stream.of(parts))
                  .toArray(String[]::new));
      assertEquals(0, picture.status(), picture.err());
      assertTrue(
          picture.out().strip().endsWith(format.equals("svg") ? "</svg>" : "\\end{quantikz}"),
          picture.out());
    }
    Result qasm =
        run(Stream.concat(Stream.of("circuit", "qasm"), Stream.of(parts)).toArray(String[]::new));
    assertTrue(qasm.out().contains("rx(2.0*w0) q[0];\n"), qasm.out());
    Result plan =
        run(
            Stream.concat(Stream.of("circuit", "plan", "--batch", "5"), Stream.of(parts))
                .toArray(String[]::new));
    assertEquals(0, plan.status(), plan.err());
    assertTrue(
        plan.out()
            .lines()
            .toList()
            .containsAll(
                List.of(
                    "dense matrices",
                    "          all gates  dense, 2.0 M flop, 2.0 KiB",
                    "nothing left",
                    "memory for 5 samples: 4.4 KiB, and 5.0 KiB for the final states where the heap"
                        + " has room")),
        plan.out());
  }

  @Test
  void benchesAGridAndGoesOn() throws IOException {
    Path csv = folder.resolve("rows.csv");
    String[] words = {
      "circuit",
      "bench",
      "--ansatz",
      "chain",
      "--set",
      "ansatz.factor=1..2",
      "--wires",
      "2,3",
      "--layers",
      "1,2",
      "--pairs",
      "50",
      "--csv",
      csv.toString()
    };
    Result first = run(words);
    assertEquals(0, first.status(), first.err());
    assertEquals(8, first.out().lines().filter(l -> l.startsWith("chain ansatz.f")).count());
    assertTrue(first.out().contains("entanglement of random states: 0.400 on 2, 0.667 on 3 wires"));
    List<String> rows = Files.readAllLines(csv);
    assertEquals(9, rows.size());
    assertTrue(rows.get(1).startsWith(",chain,ansatz.factor=1,2,1,"), rows.get(1));

    Result again = run(words);
    assertTrue(again.out().contains("; 8 measured before"), again.out());
    assertEquals(rows, Files.readAllLines(csv));
  }

  @Test
  void benchesEveryPartThatFits() {
    Path out = folder.resolve("report");
    Result result =
        run(
            "circuit",
            "bench",
            "--all",
            "--wires",
            "2",
            "--layers",
            "1..2",
            "--pairs",
            "50",
            "--out",
            out.toString());
    assertEquals(0, result.status(), result.err());
    assertEquals(1, result.out().lines().filter(l -> l.startsWith("one-per-wire")).count());
    assertEquals(2, result.out().lines().filter(l -> l.startsWith("chain ")).count());
    assertTrue(Files.exists(out.resolve("report.md")));
    assertTrue(Files.exists(out.resolve("layers-2.svg")));
    assertTrue(Files.exists(out.resolve("bench.csv")));
  }

  @Test
  void evaluatesWritesAndCompares() throws IOException {
    Path file = folder.resolve("bell.json");
    Files.writeString(
        file,
        "{\"n\": 2, \"gates\": [[\"RY\", [0], 0], [\"CNOT\", [0, 1]]], \"theta\": [0.4],"
            + " \"observables\": [\"Z0 Z1\", \"Z1\"], \"cotangent\": [[1, 1]]}");
    String name = file.toString();
    Result printed = run("circuit", "eval", name);
    assertEquals(0, printed.status(), printed.err());
    JsonNode results = new ObjectMapper().readTree(printed.out());
    assertEquals(1, results.get("outputs").get(0).get(0).doubleValue(), 1e-14);
    assertEquals(Math.cos(0.4), results.get("outputs").get(0).get(1).doubleValue(), 1e-14);
    assertEquals(-Math.sin(0.4), results.get("grad_theta").get(0).doubleValue(), 1e-11);

    assertEquals(1, run("circuit", "eval", name, "--compare").status(), "nothing is expected yet");
    assertEquals(0, run("circuit", "eval", name, "--write-expected").status());
    Result same = run("circuit", "eval", name, "--compare", "--tolerance", "0");
    assertEquals(0, same.status(), same.err());
    assertTrue(same.out().contains("grad_theta"), same.out());

    Files.writeString(file, Files.readString(file).replace("[0.4]", "[0.41]"));
    Result other = run("circuit", "eval", name, "--compare");
    assertEquals(1, other.status());
    assertTrue(other.out().contains("beyond 1.0E-10"), other.out());
    assertEquals(0, run("circuit", "eval", name, "--compare", "--tolerance", "0.1").status());
  }

  @Test
  void blueprintsAreShownAndChecked() throws IOException {
    Result defaults = run("blueprint", "defaults", "--model", "toy", "--seed", "7");
    assertEquals(0, defaults.status(), defaults.err());
    Path file = Files.writeString(folder.resolve("b.json"), defaults.out());
    JsonNode json = new ObjectMapper().readTree(defaults.out());
    assertEquals(7, json.get("seed").intValue());
    assertEquals(3, json.get("training").get("epochs").intValue());
    Result ready = run("blueprint", "validate", file.toString());
    assertEquals(0, ready.status(), ready.err());
    assertTrue(ready.out().contains("READY; parameters: circuit 8"), ready.out());
    Result wide = run("blueprint", "validate", file.toString(), "--set", "data.options.size=99");
    assertEquals(1, wide.status(), wide.out());
    assertTrue(wide.err().contains("b.json: toy takes pictures of at most 16"), wide.err());
    Result waiting = run("blueprint", "validate", file.toString(), "--set", "parts.core=nope");
    assertEquals(1, waiting.status());
    assertTrue(waiting.out().contains("WAITING: parts.core"), waiting.out());
    assertEquals(defaults.out(), run("blueprint", "show", file.toString()).out());
    assertEquals(
        1, run("blueprint", "show", file.toString(), "--set", "training.epochs=0").status());
  }

  @Test
  void trainsIntoTheFolderAndSaysWhatNext() {
    Path folder = this.folder.resolve("run");
    Result result = run("train", "--model", "toy", "--epochs", "2", "--run", folder.toString());
    assertEquals(0, result.status(), result.err());
    assertEquals(2, services.runs.started.training().epochs());
    assertEquals(folder, services.runs.folder);
    assertTrue(
        result.out().contains("0:01 left  64 images/s  epoch 1/2  step 1/1  loss 0.50000"),
        result.out());
    assertTrue(result.out().contains("epoch 2/2  mean loss 0.50000"), result.out());
    assertTrue(result.out().contains("Draw: ketloom sample " + folder), result.out());
    assertFalse(result.out().contains("\r"), "no line is overwritten without a terminal");
  }

  @Test
  void dataIsANameOrAFolder() throws IOException {
    assertEquals(0, run("train", "--model", "toy", "--data", "dots").status());
    assertEquals("dots", services.runs.started.data().name());
    Files.createDirectories(folder.resolve("my/train"));
    Files.writeString(folder.resolve("my/train/train-images-idx3-ubyte.gz"), "");
    assertEquals(
        0,
        run("train", "--model", "toy", "--data", folder.resolve("my/train").toString()).status());
    assertEquals("mnist", services.runs.started.data().name());
    assertEquals(
        folder.resolve("my/train").toString(), services.runs.started.data().options().get("dir"));
    assertEquals(0, run("train", "--model", "toy", "--data", folder.toString()).status());
    assertEquals("images", services.runs.started.data().name());
    Path idx = Files.createDirectories(folder.resolve("drawn"));
    Files.writeString(idx.resolve("images.idx"), "");
    Files.writeString(idx.resolve("labels.idx"), "");
    assertEquals(
        List.of(
            "data=idx",
            "data.options.images=" + idx.resolve("images.idx"),
            "data.options.labels=" + idx.resolve("labels.idx")),
        BlueprintOptions.data(services.get(PartRegistry.class), idx.toString()));
  }

  @Test
  void whatCanBeDoneAboutARunIsSaidOnce() {
    services.put(
        Runs.class,
        new FakeServices.FakeRuns() {
          @Override
          public Run start(
              Blueprint blueprint, Path run, RunSettings settings, RunListener listener)
              throws IOException {
            throw new FileProblemException(run + " is not empty", new Remedy.OtherRunFolder());
          }
        });
    Result result = run("train", "--model", "toy", "--data", "dots", "--run", "runs/used");
    assertEquals(1, result.status());
    assertEquals(
        "ketloom: " + Path.of("runs", "used") + " is not empty; choose another folder with --run\n",
        result.err());
  }

  @Test
  void aFailureOfTheRunIsToldOnceWithWhatIsLeft() {
    services.runs.failure = new ArithmeticException("the loss is NaN");
    Result result = run("train", "--model", "toy", "--run", folder.resolve("r").toString());
    assertEquals(1, result.status());
    assertEquals("ketloom: the loss is NaN; the last checkpoint is kept\n", result.err());
  }

  /** As the launcher does on Ctrl-C: close() returns when the run has written its checkpoint. */
  @Test
  void anInterruptionStopsTheRunAndWaitsForIt() throws Exception {
    services.runs.endless = true;
    Thread closing =
        new Thread(
            () -> {
              try {
                services.runs.running.await();
                services.interruptions().interrupt();
                services.runs.closedBeforeInterruptReturned = services.runs.closed.getCount() == 0;
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    closing.start();
    Result result = run("train", "--model", "toy", "--run", folder.resolve("r").toString());
    closing.join();
    assertEquals(130, result.status());
    assertTrue(services.runs.closedBeforeInterruptReturned);
    assertTrue(
        result.out().contains("Resume: ketloom resume " + folder.resolve("r")), result.out());
    assertEquals(Run.State.STOPPED, services.runs.state);
  }

  @Test
  void theShellReadsNoEndlessLine() throws IOException {
    java.io.Reader lines = new java.io.StringReader("parts ansatz \r\n\nlb");
    assertEquals("parts ansatz", ShellCommand.line(lines));
    assertEquals("", ShellCommand.line(lines));
    assertEquals("lb", ShellCommand.line(lines));
    assertEquals(null, ShellCommand.line(lines));
    java.io.Reader zeros =
        new java.io.InputStreamReader(
            new java.io.InputStream() {
              @Override
              public int read() {
                return 0;
              }
            },
            StandardCharsets.UTF_8);
    String told =
        org.junit.jupiter.api.Assertions.assertThrows(
                IOException.class, () -> ShellCommand.line(zeros))
            .getMessage();
    assertTrue(told.contains("a line of more than 65536 characters"), told);
  }

  @Test
  void quietCommandsPrintResultsAlone() {
    String run = folder.resolve("run").toString();
    Result trained = run("train", "--quiet", "--model", "toy", "--epochs", "2", "--run", run);
    assertEquals(0, trained.status(), trained.err());
    assertEquals(2, trained.out().lines().count(), trained.out());
    assertTrue(trained.out().startsWith("done after 0:02; the checkpoint is "), trained.out());
    Result drawn = run("sample", "r", "--quiet", "--out", folder.resolve("a.png").toString());
    assertEquals(1, drawn.out().lines().count(), drawn.out());
    assertTrue(drawn.out().startsWith("drawn after epoch 3: "), drawn.out());
    assertTrue(
        run("sample", "r", "--out", folder.resolve("b.png").toString())
            .out()
            .startsWith("drawing ..."));
  }

  @Test
  void optionsAreChangedByOptionAndBlueprintsBySet() throws IOException {
    String picture = folder.resolve("a.png").toString();
    Result now = run("sample", "r", "--out", picture, "--option", "steps=9");
    assertEquals("", now.err());
    assertEquals("{steps=9}", services.runs.changes);
    Result before = run("sample", "r", "--out", picture, "--set", "steps=8");
    assertEquals(0, before.status(), before.err());
    assertEquals("{steps=8}", services.runs.changes);
    assertEquals(
        "ketloom: note: an option is changed by --option steps=8 now; --set changes values of"
            + " Blueprints\n",
        before.err());
    Result part = run("circuit", "draw", "--ansatz", "chain", "--set", "ansatz.factor=2");
    assertTrue(part.out().contains("RX(2*w0)"), part.out());
    assertTrue(part.err().contains("--option ansatz.factor=2 now"), part.err());
    Path file = folder.resolve("b.json");
    Files.writeString(file, "{\"model\": \"toy\"}");
    Result mixed = run("circuit", "draw", file.toString(), "--option", "ansatz.factor=2");
    assertEquals(2, mixed.status());
    assertTrue(mixed.err().contains("a Blueprint is changed by --set"), mixed.err());
  }

  @Test
  void oneCircuitOfAModelIsChosen() throws IOException {
    Path file = folder.resolve("b.json");
    Files.writeString(file, "{\"model\": \"toy\"}");
    for (String command : List.of("draw", "plan", "qasm")) {
      Result all = run("circuit", command, file.toString());
      assertEquals(0, all.status(), all.err());
      Result none = run("circuit", command, file.toString(), "--circuit", "nope");
      assertEquals(1, none.status());
      assertTrue(
          none.err().contains("--circuit: there is no circuit \"nope\"; there is "), none.err());
      String name = none.err().replaceAll("(?s).*there is (\\w+).*", "$1").strip();
      assertEquals(all.out(), run("circuit", command, file.toString(), "--circuit", name).out());
    }
  }

  @Test
  void whatProgramsReadIsJson() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode health = mapper.readTree(run("health", "--json").out());
    assertEquals("framework", health.at("/0/check").asText());
    JsonNode plan = mapper.readTree(run("circuit", "plan", "--ansatz", "chain", "--json").out());
    assertEquals(4, plan.at("/circuit/wires").asInt());
    assertTrue(plan.at("/circuit/stages").size() > 0, plan.toString());
  }

  @Test
  void defaultsAreShown() {
    List<String> silent = new ArrayList<>();
    List<CommandLine> lines = new ArrayList<>();
    lines.add(Ketloom.commandLine(services, new Terminal(false, 100, StandardCharsets.UTF_8)));
    for (int i = 0; i < lines.size(); i++) {
      lines.addAll(lines.get(i).getSubcommands().values());
      for (ArgSpec argument : lines.get(i).getCommandSpec().args()) {
        String value = argument.defaultValue();
        boolean told =
            value == null
                || argument.hidden()
                || argument.type() == boolean.class
                || String.join(" ", argument.description()).contains(value)
                || value.equals("0")
                    && String.join(" ", argument.description()).contains("default");
        if (!told) {
          silent.add(lines.get(i).getCommandSpec().qualifiedName() + " " + argument);
        }
      }
    }
    assertEquals(List.of(), silent);
  }

  @Test
  void thereIsAScriptForEachShell() {
    String bash = run("completion").out();
    assertTrue(bash.startsWith("#!/usr/bin/env bash"), bash);
    assertEquals(bash.lines().count(), run("completion", "zsh").out().lines().count());
    String fish = run("completion", "fish").out();
    for (String line :
        List.of(
            "complete -c ketloom -n '__ketloom_at' -f -a 'train' -d 'Train a model.'",
            "complete -c ketloom -n '__ketloom_at runs' -f -a 'show' -d 'Show a run: ",
            "complete -c ketloom -n '__ketloom_under runs list' -l sort -x -a"
                + " 'name state step loss time' -d 'What to sort by",
            "complete -c ketloom -n '__ketloom_under train' -l epochs -r -d 'Number of passes")) {
      assertTrue(fish.contains(line), fish);
    }
    assertFalse(fish.contains("${"), "variables are filled in");
    assertFalse(fish.contains("set-data"), "hidden options stay hidden");
    assertEquals(2, run("completion", "tcsh").status());
  }

  @Test
  void theLastOfTwoEqualOptionsWins() {
    Path picture = folder.resolve("last.png");
    String[] twice = {"--seed", "4", "--seed", "6", "--set", "steps=3", "--set", "steps=8"};
    List<String> command = new ArrayList<>(List.of("sample", "r", "--out", "" + picture));
    command.addAll(List.of(twice));
    Result result = run(command.toArray(String[]::new));
    assertEquals(0, result.status(), result.err());
    assertEquals(6, services.runs.seed);
    assertEquals("{steps=8}", services.runs.changes);
  }

  @Test
  void helpTellsExitStatusesAndTheEnvironment() {
    String help = run("--help").out();
    for (String told : List.of("KETLOOM_PLUGINS", "KETLOOM_JAVA_OPTS", "  70 ", "  130 ")) {
      assertTrue(help.contains(told), help);
    }
  }

  @Test
  void noDrawingReplacesAnother() throws IOException {
    Path samples = folder.resolve("r/samples");
    String run = folder.resolve("r").toString();
    String[][] commands = {
      {"sample", run},
      {"sample", run, "--set", "steps=9"},
      {"sample", run, "--labels", "1,any", "--per-class", "3", "--seed", "5"},
      {"sample", run}
    };
    for (String[] command : commands) {
      Result result = run(command);
      assertEquals(0, result.status(), result.err());
    }
    try (var files = Files.list(samples)) {
      assertEquals(
          List.of(
              "epoch-3-seed-0-steps-9.json",
              "epoch-3-seed-0-steps-9.png",
              "epoch-3-seed-0.json",
              "epoch-3-seed-0.png",
              "epoch-3-seed-5-labels-1,any-columns-3.json",
              "epoch-3-seed-5-labels-1,any-columns-3.png"),
          files.map(f -> f.getFileName().toString()).sorted().toList());
    }
    String told = Files.readString(samples.resolve("epoch-3-seed-5-labels-1,any-columns-3.json"));
    assertTrue(told.contains("\"steps\" : 20"), told);
    assertTrue(told.contains("\"any\""), told);

    Path old = Files.writeString(samples.resolve("epoch-3-seed-7.png"), "of an older release");
    assertTrue(run("sample", run, "--seed", "7").out().contains("epoch-3-seed-7-2.png"));
    assertEquals("of an older release", Files.readString(old));
    Path first = samples.resolve("epoch-3-seed-0.json");
    Files.writeString(first, "{\"of\": \"another checkpoint\"}");
    assertTrue(run("sample", run).out().contains("epoch-3-seed-0-2.png"));
    assertEquals("{\"of\": \"another checkpoint\"}", Files.readString(first));
  }

  @Test
  void samplesAreWrittenAsData() throws IOException {
    String run = folder.resolve("r").toString();
    Path samples = folder.resolve("r/samples");
    for (String format : List.of("png-folder", "npy", "safetensors", "idx", "npy")) {
      Result result = run("sample", run, "--format", format, "--per-class", "2");
      assertEquals(0, result.status(), result.err());
    }
    try (var files = Files.walk(samples)) {
      assertEquals(
          List.of(
              "epoch-3-seed-0-columns-2-idx/description.json",
              "epoch-3-seed-0-columns-2-idx/images.idx",
              "epoch-3-seed-0-columns-2-idx/labels.idx",
              "epoch-3-seed-0-columns-2-npy-2/description.json",
              "epoch-3-seed-0-columns-2-npy-2/images.npy",
              "epoch-3-seed-0-columns-2-npy-2/labels.npy",
              "epoch-3-seed-0-columns-2-npy/description.json",
              "epoch-3-seed-0-columns-2-npy/images.npy",
              "epoch-3-seed-0-columns-2-npy/labels.npy",
              "epoch-3-seed-0-columns-2-png-folder/description.json",
              "epoch-3-seed-0-columns-2-png-folder/one/0002.png",
              "epoch-3-seed-0-columns-2-png-folder/one/0003.png",
              "epoch-3-seed-0-columns-2-png-folder/zero/0000.png",
              "epoch-3-seed-0-columns-2-png-folder/zero/0001.png",
              "epoch-3-seed-0-columns-2.json",
              "epoch-3-seed-0-columns-2.safetensors"),
          files
              .filter(Files::isRegularFile)
              .map(f -> samples.relativize(f).toString().replace('\\', '/'))
              .sorted()
              .toList());
    }
    String told =
        Files.readString(samples.resolve("epoch-3-seed-0-columns-2-idx/description.json"));
    assertTrue(told.contains("\"step\" : 12"), told);

    Path named = folder.resolve("drawn.safetensors");
    String[] command = {"sample", run, "--format", "safetensors", "--out", named.toString()};
    assertEquals(0, run(command).status());
    assertTrue(Files.size(named) > 100);
    assertTrue(run(command).err().contains("drawn.safetensors already exists"));
    Result any = run("sample", run, "--format", "idx", "--labels", "any");
    assertEquals(1, any.status());
    assertTrue(any.err().contains("labels in IDX files are from 0"), any.err());
  }

  @Test
  void samplesARowPerClass() throws IOException {
    Path picture = folder.resolve("out.png");
    Result result =
        run(
            "sample",
            "r",
            "--labels",
            "1,0-1",
            "--per-class",
            "2",
            "--out",
            picture.toString(),
            "--set",
            "steps=9",
            "--seed",
            "5");
    assertEquals(0, result.status(), result.err());
    assertEquals(List.of(1, 1, 0, 0, 1, 1), services.runs.labels);
    assertEquals("{steps=9}", services.runs.changes);
    assertEquals(5, services.runs.seed);
    assertTrue(Files.size(picture) > 50);
    assertTrue(result.out().contains(picture.toString()), result.out());
    assertEquals(0, run("sample", "r", "--out", picture.toString()).status(), "drawn again");
    Path text = Files.writeString(folder.resolve("text.png"), "keep");
    Result refused = run("sample", "r", "--out", text.toString());
    assertEquals(2, refused.status());
    assertTrue(refused.err().contains("text.png already exists and is not a PNG"), refused.err());
    assertEquals("keep", Files.readString(text));
    assertTrue(run("sample", "r", "--labels", "7").err().contains("\"7\" is not a class"));
    assertTrue(run("sample", "r", "--options").out().contains("steps=20"));
  }

  @Test
  void anInterruptedDrawingSaysThatNothingIsWritten() throws InterruptedException {
    services.runs.drawing = new Thread(services.interruptions()::interrupt);
    Path picture = folder.resolve("out.png");
    Result result = run("sample", "r", "--out", picture.toString());
    services.runs.drawing.join();
    assertEquals(130, result.status(), result.err());
    assertTrue(
        result.out().endsWith("stopped; nothing is written to " + picture + "\n"), result.out());
    assertFalse(Files.exists(picture));
  }

  @Test
  void demoRefusesAModelThatItHasNoBlueprintOf() {
    Result result = run("demo", "--model", "jo2026", "--run", folder.resolve("no").toString());
    assertEquals(2, result.status());
    assertTrue(
        result
            .err()
            .contains(
                "--model takes hybrid-unet, latent-flow; found \"jo2026\". Others are trained by:"
                    + " ketloom train --model NAME"),
        result.err());
    assertFalse(Files.exists(folder.resolve("no")));
  }

  @Test
  void demoTrainsAndNamesItsPicture() {
    Path run = folder.resolve("demo");
    Result result =
        run("demo", "--set", "model=toy", "--set", "data=dots", "--run", run.toString());
    assertEquals(0, result.status(), result.err());
    assertTrue(result.out().contains(run.resolve("demo.png").toString()), result.out());
    assertTrue(Files.exists(run.resolve("demo.png")));
    assertTrue(result.out().contains("ketloom sample " + run), result.out());
    assertEquals(16, services.runs.labels.size(), "eight of each of two classes");
  }

  @Test
  void whatIsMistypedGetsASuggestion() {
    String option = run("train", "--sed", "3").err();
    assertTrue(option.contains("Possible solutions: --seed"), option);
    String command = run("sampel").err();
    assertTrue(command.contains("Did you mean: ketloom sample"), command);
  }

  @Test
  void aMissingServiceIsNamed() {
    services.remove(Runs.class);
    Result result = run("resume", "r");
    assertEquals(1, result.status());
    assertTrue(result.err().contains("Runs"), result.err());
  }

  @Test
  void versionIsShownInBothWays() {
    assertTrue(run("version").out().startsWith("ketloom 9.9.9"));
    assertEquals(run("version").out(), run("--version").out());
  }

  @Test
  void aSwapShowsWhatItDid() {
    Result result =
        run("swap", "runs/a", "ansatz=chain@[1,2):factor=2,wires=0,1,note=x", "--epochs", "3");
    assertEquals(0, result.status(), result.err());
    assertEquals(
        "[parts.ansatz=chain, parts.ansatz.version=[1,2), parts.ansatz.options.factor=2,"
            + " parts.ansatz.options.wires=0,1, parts.ansatz.options.note=x] +3",
        services.runs.changes);
    assertEquals(0, run("swap", "runs/a", "parts.ansatz=chain").status());
    assertEquals("[parts.ansatz=chain] +0", services.runs.changes);
    assertTrue(result.out().contains("loss on the same images: 0.25000 before, 0.50000 after"));
    assertTrue(result.out().contains("undo: ketloom swap runs/a --undo"));
    assertEquals(0, run("swap", "runs/a", "--undo").status());
    assertEquals("undo", services.runs.changes);
    assertEquals(2, run("swap", "runs/a").status());
    assertEquals(2, run("swap", "runs/a", "ansatz=chain", "--undo").status());
    assertTrue(run("swap", "runs/a", "chain").err().contains("is not of the form slot=name"));
  }

  @Test
  void settingsOfARun() {
    Result result =
        run("train", "--model", "toy", "--policy", "adopt", "--auto-resume", "--run", "x");
    assertEquals(0, result.status(), result.err());
    assertEquals(
        new org.ketloom.runtime.run.RunSettings(
            org.ketloom.runtime.run.RunSettings.Policy.ADOPT, true),
        services.runs.settings);
    assertTrue(
        run("train", "--model", "toy", "--policy", "never").err().contains("pin, adopt, restart"));
    assertTrue(
        run("train", "--model", "toy", "--background").err().contains("within `ketloom shell`"));
  }

  @Test
  void healthIsAnExitStatus() {
    assertEquals(0, run("health").status());
    services.findings =
        List.of(
            new org.ketloom.runtime.health.Health.Finding(
                "bundles", org.ketloom.runtime.health.Health.Level.FAIL, "b doesn't resolve"));
    Result result = run("health");
    assertEquals(1, result.status());
    assertEquals("fail  bundles      b doesn't resolve", result.out().strip());
  }

  @Test
  void compositionsAreFiles() throws IOException {
    String at = folder.toString();
    Result result =
        run(
            "composition",
            "set",
            "mine",
            "--model",
            "toy",
            "--policy",
            "restart",
            "--compositions",
            at);
    assertEquals(0, result.status(), result.err());
    JsonNode json = new ObjectMapper().readTree(folder.resolve("mine.json").toFile());
    assertEquals("toy", json.at("/blueprint/model").asText());
    assertEquals("restart", json.path("policy").asText());
    assertTrue(json.path("autoResume").asBoolean());
    assertEquals(
        "mine                  no run yet; ketloom serve trains it",
        run("composition", "list", "--compositions", at).out().strip());
    assertTrue(
        run("composition", "set", "mine", "--epochs", "0", "--model", "toy", "--compositions", at)
            .err()
            .contains("epochs"));
    assertTrue(Files.readString(folder.resolve("mine.json")).contains("restart"));
    assertEquals(0, run("composition", "remove", "mine", "--compositions", at).status());
    assertTrue(
        run("composition", "remove", "mine", "--compositions", at)
            .err()
            .contains("there is no composition \"mine\""));
    assertTrue(
        run("composition", "set", "../x", "--model", "toy", "--compositions", at)
            .err()
            .contains("letters, digits"));
  }
}
