package org.ketloom.shell.internal.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.error.Remedy;
import org.ketloom.files.StrictJson;
import org.ketloom.runtime.deploy.Deployer;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Notice;
import org.ketloom.runtime.deploy.Plugin;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ketloom.shell.internal.console.FakeServices;
import org.ketloom.shell.internal.console.Terminal;
import org.ketloom.shell.internal.main.Ketloom;
import picocli.CommandLine;

class DeployCommandsTest {
  private static final Plugin LADDER =
      new Plugin("example.ladder", "1.1.0", "ab".repeat(32), "l.jar", List.of("ansatz ladder"));
  private static final Deployment SECOND =
      new Deployment(
          2,
          Instant.parse("2026-03-04T05:06:07Z"),
          "example.ladder 1.1.0 instead of 1.0.0",
          List.of(LADDER),
          Map.of());

  /** Remembers what it was asked for. */
  private static final class FakeDeployer implements Deployer {
    final List<String> asked = new ArrayList<>();
    List<PluginStatus> plugins = List.of();

    @Override
    public List<PluginStatus> plugins() {
      return plugins;
    }

    @Override
    public List<Deployment> deployments() {
      return plugins.isEmpty() ? List.of() : List.of(SECOND);
    }

    @Override
    public Deployment add(Path jar) {
      if (jar.endsWith("broken.jar")) {
        throw new IllegalStateException("broken.jar is not a whole jar");
      }
      asked.add("add " + jar);
      return SECOND;
    }

    @Override
    public Deployment remove(String name) {
      asked.add("remove " + name);
      return new Deployment(3, Instant.EPOCH, "it was removed", List.of(), Map.of());
    }

    @Override
    public Deployment rollback(int number) {
      asked.add("rollback " + number);
      return SECOND;
    }

    @Override
    public List<Notice> awaitPlugins() {
      asked.add("awaitPlugins");
      return List.of(
          new Notice("plugin a.jar is left out: not a jar.", List.of(new Remedy.NewPlugin())));
    }

    @Override
    public List<Notice> why(String name) {
      return List.of(
          new Notice(name + " passed"),
          new Notice(name + " was current.", List.of(new Remedy.GoBack(3))));
    }
  }

  private final FakeServices services = new FakeServices();
  private final FakeDeployer deployer = new FakeDeployer();

  private String run(int status, String... arguments) {
    services.put(Deployer.class, deployer);
    CommandLine line =
        Ketloom.commandLine(services, new Terminal(false, 100, StandardCharsets.UTF_8));
    StringWriter text = new StringWriter();
    line.setOut(new PrintWriter(text, true));
    line.setErr(new PrintWriter(text, true));
    assertEquals(status, Ketloom.execute(line, arguments), text::toString);
    return text.toString();
  }

  @Test
  void listShowsStatesReasonsAndHistory() {
    assertEquals("no plugin is deployed; ketloom plugin new makes one\n", run(0, "deploy", "list"));
    deployer.plugins =
        List.of(
            new PluginStatus(
                "example.ladder 1.1.0",
                "l.jar",
                PluginStatus.State.CURRENT,
                List.of("ansatz ladder"),
                ""),
            new PluginStatus(
                "example.ladder 1.0.0",
                "",
                PluginStatus.State.RETIRING,
                List.of("ansatz ladder"),
                "held by run runs/a"),
            new PluginStatus(
                "broken.jar", "broken.jar", PluginStatus.State.REFUSED, List.of(), "not a jar"));
    List<String> lines = run(0, "deploy", "list").lines().toList();
    assertEquals("current   example.ladder 1.1.0  l.jar       ansatz ladder", lines.get(0));
    assertEquals("retiring  example.ladder 1.0.0              ansatz ladder", lines.get(1));
    assertEquals("    held by run runs/a", lines.get(2));
    assertEquals("refused   broken.jar            broken.jar", lines.get(3));
    assertEquals("    not a jar", lines.get(4));
    assertTrue(
        lines.get(6).matches(" +2  2026-03-04 \\d\\d:06:07  example.ladder 1.1.0 instead of 1.0.0"),
        lines.get(6));
    JsonNode json = json(run(0, "deploy", "list", "--json"));
    assertEquals("retiring", json.at("/plugins/1/state").asText());
    assertEquals("held by run runs/a", json.at("/plugins/1/detail").asText());
    assertEquals("ansatz ladder", json.at("/plugins/0/parts/0").asText());
    assertEquals(2, json.at("/deployments/0/number").asInt());
  }

  private static JsonNode json(String text) {
    return StrictJson.parse(text, "what the command printed");
  }

  @Test
  void addRemoveAndRollbackTellWhatIsCurrent() {
    String added = run(0, "deploy", "add", "some.jar");
    assertTrue(
        added.startsWith(
            "deployment 2: example.ladder 1.1.0 instead of 1.0.0\n"
                + "  example.ladder 1.1.0: ansatz ladder\n"
                + "checked and current after "),
        added);
    assertEquals("deployment 3: it was removed\n", run(0, "deploy", "remove", "ladder"));
    run(0, "deploy", "rollback", "1");
    assertEquals(
        "ladder passed\nladder was current; `ketloom deploy rollback 3` brings it back\n",
        run(0, "deploy", "why", "ladder"));
    assertEquals(
        "ladder passed", json(run(0, "deploy", "why", "ladder", "--json")).get(0).asText());
    assertEquals(List.of("add some.jar", "remove ladder", "rollback 1"), deployer.asked);
  }

  @Test
  void addTellsOfPartsThatAreHidden() {
    String hidden =
        "ansatz \"ladder\" 1.1.0 of bundle example.ladder is hidden by that of bundle other.ladder,"
            + " which has the same name and version; give one of them another";
    deployer.plugins =
        List.of(
            new PluginStatus(
                "other.ladder 1.1.0", "o.jar", PluginStatus.State.CURRENT, List.of(), ""),
            new PluginStatus(
                "example.ladder 1.1.0",
                "l.jar",
                PluginStatus.State.CURRENT,
                List.of("ansatz ladder"),
                hidden + "."));
    List<String> lines = run(0, "deploy", "add", "some.jar").lines().toList();
    assertTrue(
        lines.get(lines.size() - 1).startsWith("example.ladder 1.1.0: " + hidden), lines::toString);
    assertTrue(
        lines.stream().noneMatch(line -> line.startsWith("other.ladder 1.1.0:")), lines::toString);
  }

  @Test
  void aRefusalIsOneLine() {
    assertEquals("ketloom: broken.jar is not a whole jar\n", run(1, "deploy", "add", "broken.jar"));
  }
}
