package org.ketloom.shell.internal.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.error.Remedy;
import org.ketloom.runtime.deploy.Deployer;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Notice;
import org.ketloom.shell.internal.console.FakeServices;
import org.ketloom.shell.internal.console.Terminal;
import picocli.CommandLine;

class MainCommandTest {
  private final List<String> asked = new ArrayList<>();
  private final StringWriter errors = new StringWriter();

  private void run(String arguments) {
    FakeServices services = new FakeServices();
    services.put(
        Deployer.class,
        (Deployer)
            Proxy.newProxyInstance(
                Deployer.class.getClassLoader(),
                new Class<?>[] {Deployer.class},
                (proxy, method, values) -> {
                  asked.add(method.getName());
                  if (method.getName().equals("awaitPlugins")) {
                    return List.of(
                        new Notice(
                            "plugin a.jar is left out: it is no bundle.",
                            List.of(new Remedy.NewPlugin())));
                  }
                  return Deployment.class.equals(method.getReturnType())
                      ? Deployment.NONE
                      : List.of();
                }));
    CommandLine line =
        MainCommand.commandLine(services, new Terminal(false, 100, StandardCharsets.UTF_8));
    line.setOut(new PrintWriter(new StringWriter(), true));
    line.setErr(new PrintWriter(errors, true));
    Ketloom.execute(line, arguments.isEmpty() ? new String[0] : arguments.split(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"parts", "health", "deploy add some.jar", "blueprint defaults"})
  void whatWorksWithPluginsWaitsForThemAndTellsWhatIsLeftOut(String arguments) {
    run(arguments);
    assertEquals("awaitPlugins", asked.get(0));
    assertTrue(
        errors
            .toString()
            .startsWith(
                "ketloom: plugin a.jar is left out: it is no bundle; `ketloom plugin new` makes a"
                    + " project that builds such a jar\n"),
        errors.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "deploy list",
        "deploy why a",
        "deploy remove a",
        "deploy rollback 1",
        "runs list nowhere",
        "runs show nowhere",
        "runs suspend a",
        "runs resume a",
        "composition list",
        "composition remove a",
        "data get nothing",
        "",
        "version",
        "--version",
        "help",
        "train --help",
        "completion",
        "nonsense"
      })
  void whatDoesNotNeedThemDoesNotEvenAskForThem(String arguments) {
    run(arguments);
    assertTrue(!asked.contains("awaitPlugins"), asked.toString());
  }
}
