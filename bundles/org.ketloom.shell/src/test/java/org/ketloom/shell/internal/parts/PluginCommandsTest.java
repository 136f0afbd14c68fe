package org.ketloom.shell.internal.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.shell.internal.console.FakeServices;
import org.ketloom.shell.internal.console.Terminal;
import org.ketloom.shell.internal.main.Ketloom;
import picocli.CommandLine;

class PluginCommandsTest {
  @TempDir Path folder;

  private final FakeServices services = new FakeServices();

  private String run(int status, String... arguments) {
    CommandLine line =
        Ketloom.commandLine(services, new Terminal(false, 100, StandardCharsets.UTF_8));
    StringWriter text = new StringWriter();
    line.setOut(new PrintWriter(text, true));
    line.setErr(new PrintWriter(text, true));
    assertEquals(status, Ketloom.execute(line, arguments), text::toString);
    return text.toString();
  }

  /** What is made compiles without a warning, is short, and passes its own tests. */
  @ParameterizedTest
  @CsvSource({
    "ansatz, BigLadderAnsatz",
    "encoding, BigLadderEncoding",
    "observable, BigLadderHead",
    "noise, BigLadderNoise",
    "dataset, BigLadderData",
    "model, BigLadderModel"
  })
  void aProjectIsMade(String kind, String name) throws Exception {
    Path bundles = Files.createDirectory(folder.resolve("bundles"));
    Files.createFile(bundles.resolve("org.ketloom.nd4j.native.some-platform-9.9.9.jar"));
    services.properties.put("ketloom.bundles", bundles.toString());
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
    assertTrue(Files.readAllLines(source).size() < 60, source::toString);
    Path classes = Files.createDirectory(folder.resolve("classes"));
    StringWriter messages = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      List<Path> sources;
      try (Stream<Path> files = Files.walk(project)) {
        sources = files.filter(f -> f.toString().endsWith(".java")).toList();
      }
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
      for (String test : List.of("Test", "ConformanceTest")) {
        Class<?> type = loader.loadClass("org.test." + name + test);
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        List<Method> methods =
            Arrays.stream(type.getDeclaredMethods())
                .filter(m -> m.isAnnotationPresent(Test.class))
                .toList();
        assertFalse(methods.isEmpty(), type::getName);
        for (Method method : methods) {
          method.setAccessible(true);
          method.invoke(constructor.newInstance());
        }
      }
    }
  }

  @Test
  void aModelNeedsTheNativeCodeOfThePlatform() throws IOException {
    Path bundles = Files.createDirectory(folder.resolve("bundles"));
    services.properties.put("ketloom.bundles", bundles.toString());
    String told =
        run(
            1,
            "plugin",
            "new",
            "energy",
            "--kind",
            "model",
            "--dir",
            folder.resolve("p").toString());
    assertEquals(
        "ketloom: "
            + bundles
            + " has no org.ketloom.nd4j.native.*-9.9.9.jar, with which the model's tests run; build"
            + " or unpack Ketloom for this platform\n",
        told);
    assertFalse(Files.exists(folder.resolve("p")));
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
