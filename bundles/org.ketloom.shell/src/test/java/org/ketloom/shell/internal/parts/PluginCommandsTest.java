package org.ketloom.shell.internal.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.part.Part;
import org.ketloom.engine.densitymatrix.DensityMatrixEngine;
import org.ketloom.shell.internal.console.FakeServices;
import org.ketloom.shell.internal.console.Terminal;
import org.ketloom.shell.internal.main.Ketloom;
import org.ketloom.tck.Conformance;
import picocli.CommandLine;

class PluginCommandsTest {
  @TempDir Path folder;

  private String run(int status, String... arguments) {
    CommandLine line =
        Ketloom.commandLine(new FakeServices(), new Terminal(false, 100, StandardCharsets.UTF_8));
    StringWriter text = new StringWriter();
    line.setOut(new PrintWriter(text, true));
    line.setErr(new PrintWriter(text, true));
    assertEquals(status, Ketloom.execute(line, arguments), text::toString);
    return text.toString();
  }

  /** What is made compiles without a warning, is short, and conforms. */
  @ParameterizedTest
  @CsvSource({
    "ansatz, BigLadderAnsatz",
    "encoding, BigLadderEncoding",
    "observable, BigLadderHead",
    "noise, BigLadderNoise"
  })
  void aProjectIsMade(String kind, String name) throws Exception {
    Path project = folder.resolve("project");
    String told =
        run(
            0,
            "plugin",
            "new",
            "big-ladder",
            "--kind",
            kind,
            "--package",
            "org.test",
            "--dir",
            project.toString());
    assertTrue(told.contains("build:  mvn -q -f " + project + " verify"), told);
    assertTrue(
        told.contains(
            "deploy: ketloom deploy add "
                + project.resolve("target/org.test.bigladder-1.0.0-SNAPSHOT.jar")),
        told);
    String pom = Files.readString(project.resolve("pom.xml"));
    assertTrue(pom.contains("<artifactId>org.test.bigladder</artifactId>"), pom);
    assertTrue(pom.contains("<ketloom.version>9.9.9</ketloom.version>"), pom);
    try (Stream<Path> files = Files.walk(project)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertTrue(
            !Files.readString(file).matches("(?s).*@\\w+@.*"), () -> "a word is left in " + file);
      }
    }

    Path source = project.resolve("src/main/java/org/test/" + name + ".java");
    assertTrue(Files.readAllLines(source).size() < 50, source::toString);
    Path classes = Files.createDirectory(folder.resolve("classes"));
    StringWriter messages = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      List<Path> sources =
          List.of(source, project.resolve("src/test/java/org/test/" + name + "Test.java"));
      assertTrue(
          compiler
              .getTask(
                  messages,
                  manager,
                  null,
                  List.of(
                      "-Xlint:all,-processing,-classfile",
                      "-proc:none",
                      "-d",
                      classes.toString(),
                      "-cp",
                      System.getProperty("java.class.path")),
                  null,
                  manager.getJavaFileObjectsFromPaths(sources))
              .call(),
          messages::toString);
    }
    assertEquals("", messages.toString());
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
      Part part =
          (Part) loader.loadClass("org.test." + name).getDeclaredConstructor().newInstance();
      new Conformance(new DensityMatrixEngine()).require(part);
    }
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    Files.writeString(folder.resolve("mine.txt"), "mine");
    String told = run(1, "plugin", "new", "ladder", "--kind", "ansatz", "--dir", folder.toString());
    assertEquals("ketloom: " + folder + " exists already; --dir names another folder\n", told);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }
}
