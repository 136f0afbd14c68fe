package org.ketloom.shell.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.runtime.run.RunRecords;
import org.ketloom.shell.internal.console.FakeServices;
import picocli.CommandLine;

class RunsCommandsTest {
  private record Result(int status, String out, String err) {}

  private final FakeServices services = new FakeServices();
  private final FakeServices.FakeRecords records =
      (FakeServices.FakeRecords) services.get(RunRecords.class);
  private final List<String> asked = new ArrayList<>();
  private Optional<String> answer = Optional.empty();
  @TempDir Path folder;

  private Result run(String... arguments) {
    CommandLine line =
        RunsCommands.commandLine(
            services,
            question -> {
              asked.add(question);
              return answer;
            });
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    line.setExecutionExceptionHandler(
        (e, failed, parsed) -> {
          failed.getErr().println(e.getMessage());
          return 1;
        });
    return new Result(line.execute(arguments), out.toString(), err.toString());
  }

  private Path place(String name) throws IOException {
    Path run = Files.createDirectories(folder.resolve(name));
    Files.writeString(run.resolve("manifest.json"), "{}");
    return run;
  }

  private static void evaluated(Path run, String name, int epoch, int samples, double distance)
      throws IOException {
    Files.writeString(
        Files.createDirectories(run.resolve("evaluations")).resolve(name + ".json"),
        """
        {"epoch": %d, "samples": %d, "features": "classifier", "measures": {
          "frechet-distance": {"value": %s, "real": 0.1, "better": "lower"},
          "nearest-infidelity": {"value": %s, "real": 2.0, "better": "as real"}}}
        """
            .formatted(epoch, samples, distance, distance));
  }

  @Test
  void aRunIsShownWithItsProvenance() {
    Result result = run("show", "runs/a");
    assertEquals(0, result.status(), result.err());
    for (String fragment :
        List.of(
            "state        killed",
            "step         10 of 40",
            "policy       adopt, resumed when a container starts",
            "loss         0.50000 in epoch 2, best 0.37500 in epoch 1",
            "time         2:05 of training; began ",
            "  model              toy",
            "  parts.ansatz       chain",
            "  training           epochs=1 batchSize=1 checkpointEvery=1 sampleEvery=0",
            "resumed      at step 5",
            "org.example 1.1.0",
            "bb22",
            "began with org.example 1.0.0 (aa11)",
            "1970-01-01T00:00:00Z  hand done at step 10: parts.ansatz from org.example 1.0.0 (aa11)"
                + " to org.example 1.1.0 (bb22); parts.ansatz.options.factor: 1 to 2;"
                + " loss 0.25000 before, 0.50000 after\n  1970",
            "hand refused at step 10: no ansatz \"nobody\" is registered\n"
                + "    not done: the run kept the parts that it had\n",
            "adopt quarantined at step 12: parts.ansatz from org.example 1.1.0 (bb22) to"
                + " org.example 1.2.0 (cc33); loss became NaN\n    not done: the run kept the"
                + " parts that it had, and doesn't try these again by itself\n")) {
      assertTrue(result.out().contains(fragment), result.out());
    }
  }

  @Test
  void runsOfAFolderAreListed() throws IOException {
    assertTrue(run("list", folder.toString()).out().startsWith("there is no run in "));
    place("one");
    List<String> lines = run("list", folder.toString()).out().lines().toList();
    assertEquals(2, lines.size(), lines.toString());
    assertTrue(
        lines
            .get(1)
            .matches(
                ".*one +killed +10/40 +0.50000 +adopt, auto-resume +chain +1 done, 1 refused,"
                    + " 1 quarantined +-"),
        lines.get(1));
  }

  @Test
  void aFolderThatIsNotThereIsAnError() throws IOException {
    Result nowhere = run("list", folder.resolve("nowhere").toString());
    assertEquals(1, nowhere.status());
    assertEquals("there is no folder " + folder.resolve("nowhere"), nowhere.err().strip());
    Path file = Files.writeString(folder.resolve("file"), "");
    assertTrue(run("list", file.toString()).err().contains("is a file"));
  }

  @Test
  void runsAreSortedAndFound() throws IOException {
    place("better");
    place("damaged");
    place("worse");
    run("tag", folder.resolve("worse").toString(), "mnist", "old");
    String at = folder.toString();
    List<String> lines = run("list", at, "--sort", "loss").out().lines().toList();
    assertTrue(lines.get(1).contains("better"), lines.toString());
    assertTrue(lines.get(2).contains("worse") && lines.get(2).endsWith("mnist old"), lines.get(2));
    assertTrue(lines.get(3).matches(".*damaged +killed +10/40 +- .*"), lines.get(3));
    assertTrue(lines.get(4).matches("damaged: .*loss.csv, line 3.*"), lines.get(4));
    assertEquals(3, run("list", at, "--tag", "old").out().lines().count(), "with the fault");
    assertTrue(run("list", at, "--tag", "new").out().contains("no run with tag new in "));
    Result wrong = run("list", at, "--sort", "size");
    assertEquals(2, wrong.status());
    JsonNode json = new ObjectMapper().readTree(run("list", at, "--json").out());
    assertEquals(3, json.get("runs").size());
    assertEquals(0.375, json.at("/runs/0/loss/best/mean").asDouble());
    assertEquals("old", json.at("/runs/2/tags/1").asText());
    assertTrue(json.at("/runs/0/blueprint/model").toString().contains("toy"));
    assertEquals(1, json.get("damaged").size());
  }

  @Test
  void metricsAreShownWithTheBestThatCanBeCompared() throws IOException {
    Path run = place("run");
    evaluated(run, "epoch-0001", 1, 100, 3);
    evaluated(run, "epoch-0002", 2, 100, 1);
    evaluated(run, "epoch-0003", 3, 100, 4);
    evaluated(run, "epoch-0001-few", 1, 10, 0.25);
    Files.writeString(run.resolve("evaluations/broken.json"), "{");
    String out = run("show", run.toString()).out();
    assertTrue(
        out.matches("(?s).*  frechet-distance +4.0000  after epoch 3 +1.0000  after epoch 2\n.*"),
        out);
    assertTrue(
        out.matches("(?s).*  nearest-infidelity +4.0000  after epoch 3 .*after epoch [12]\n.*"),
        out);
    assertTrue(out.matches("(?s).*damaged: .*broken.json, line 1.*"), out);
    JsonNode json = new ObjectMapper().readTree(run("show", run.toString(), "--json").out());
    assertEquals(2, json.at("/metrics/frechet-distance/best/epoch").asInt());
    assertEquals(125, json.at("/times/trainedSeconds").asDouble());
    assertEquals("bb22", json.at("/parts/parts.ansatz/sha256").asText());
  }

  @Test
  void tagsAndNotesAreWrittenAndTakenAway() throws IOException {
    String run = place("run").toString();
    assertTrue(run("tag", run).out().contains("has no tag"));
    assertEquals("a b", run("tag", run, "b", "a").out().strip());
    assertEquals("b c", run("tag", run, "--remove", "a", "c").out().strip());
    Result none = run("tag", run, "--remove", "z");
    assertEquals(1, none.status());
    assertTrue(none.err().contains("has no tag \"z\"; it has b, c"), none.err());
    assertTrue(run("tag", run, "two words").err().contains("found \"two words\""));
    assertTrue(run("note", run).out().contains("has no note"));
    assertEquals("Works.", run("note", run, "Works.").out().strip());
    assertEquals(2, run("note", run, "x", "--remove").status());
    String shown = run("show", run).out();
    assertTrue(
        shown.contains("tags         b c\n") && shown.contains("note         Works.\n"), shown);
    assertTrue(run("note", run, "--remove").out().contains("has no note"));
    assertEquals(List.of("b", "c"), records.notes(Path.of(run)).tags());
  }

  @Test
  void aRunIsRemovedAfterAQuestion() throws IOException {
    Path run = place("run");
    Result unasked = run("remove", run.toString());
    assertEquals(2, unasked.status());
    assertTrue(unasked.err().contains("--yes removes without a question"), unasked.err());
    assertEquals(List.of("Remove " + run + " with all of its 12 files (3 MB)? [y/N] "), asked);
    answer = Optional.of("");
    assertEquals("kept " + run, run("remove", run.toString()).out().strip());
    assertEquals(List.of(), records.removed);
    answer = Optional.of(" Yes ");
    assertEquals("removed " + run, run("remove", run.toString()).out().strip());
    asked.clear();
    run("remove", "--yes", run.toString());
    assertEquals(List.of(run, run), records.removed);
    assertEquals(List.of(), asked);
    assertEquals(1, run("remove", "--yes", folder.resolve("other").toString()).status());
  }

  @Test
  void twoRunsAreCompared() throws IOException {
    Path a = place("better");
    Path b = place("worse");
    grid(a.resolve("samples/epoch-0002.png"), 3, 10);
    grid(a.resolve("samples/epoch-0001.png"), 9, 20);
    grid(b.resolve("samples/epoch-0010.png"), 5, 200);
    grid(b.resolve("samples/epoch-0010-seed-3.png"), 9, 20);
    evaluated(a, "epoch-0001", 1, 100, 3);
    evaluated(b, "epoch-0001", 1, 100, 2);
    Path out = folder.resolve("out");
    Result result = run("compare", a.toString(), b.toString(), "--out", out.toString());
    assertEquals(0, result.status(), result.err());
    for (String expected :
        List.of(
            "loss, last epoch *0.50000 \\(2\\) *7.0000 \\(2\\)",
            "frechet-distance *3.0000 \\(1\\) *2.0000 \\(1\\)",
            "The Blueprints are equal.",
            "The bundles of the parts are equal.",
            "samples.png: left .*better.*epoch-0002.png, right .*worse.*epoch-0010.png")) {
      assertTrue(result.out().matches("(?s).*" + expected + ".*"), result.out());
    }
    String svg = Files.readString(out.resolve("loss.svg"));
    assertTrue(svg.contains(">better<") && svg.contains(">worse<"), svg);
    assertEquals(2, svg.split("<polyline", -1).length - 1);
    BufferedImage both = ImageIO.read(out.resolve("samples.png").toFile());
    assertEquals(3 + 16 + 5, both.getWidth());
    assertEquals(10, both.getRaster().getSample(0, 0, 0));
    assertEquals(200, both.getRaster().getSample(3 + 16, 0, 0));
    JsonNode json = new ObjectMapper().readTree(out.resolve("comparison.json").toFile());
    assertTrue(json.get("metricsComparable").asBoolean());
    Result again = run("compare", a.toString(), b.toString(), "--out", out.toString());
    assertEquals(1, again.status());
    assertTrue(again.err().contains("is not empty"), again.err());
    evaluated(b, "epoch-0002", 2, 10, 2);
    String other =
        run("compare", a.toString(), b.toString(), "--out", folder.resolve("more").toString())
            .out();
    assertTrue(other.contains("Their metrics can't be compared"), other);
    assertFalse(other.contains("frechet-distance"), other);
  }

  private static void grid(Path file, int side, int grey) throws IOException {
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < side * side; i++) {
      image.getRaster().setSample(i % side, i / side, 0, grey);
    }
    ImageIO.write(image, "png", file.toFile());
  }
}
