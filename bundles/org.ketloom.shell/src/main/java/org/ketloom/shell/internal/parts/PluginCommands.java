package org.ketloom.shell.internal.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.Services;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Plugins that are to be written. */
@Command(
    name = "plugin",
    description = "Write plugins.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = "  ketloom plugin new ladder --kind ansatz")
public final class PluginCommands implements Runnable {
  /** Beginning of the names of the bundles with ND4J's native code, one for each platform. */
  private static final String NATIVE = "nd4j.native.";

  @Spec private CommandSpec spec;

  private PluginCommands() {}

  public static CommandLine commandLine(Services services) {
    return new CommandLine(new PluginCommands())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .addSubcommand(new New(services));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Kinds of parts that a project can be made for. */
  enum Kind {
    ANSATZ("Ansatz", "Ansatz"),
    ENCODING("Encoding", "Encoding"),
    OBSERVABLE("Head", "ObservableHead"),
    NOISE("Noise", "NoiseModel"),
    DATASET("Data", "DatasetProvider"),
    MODEL("Model", "GenerativeModelFactory");

    private final String suffix;
    private final String type;

    Kind(String suffix, String type) {
      this.suffix = suffix;
      this.type = type;
    }

    /** The bundles that the project needs: API, kit, engines, and what its example calls. */
    private Stream<String> bundles() {
      return Stream.concat(
          Stream.of("api", "tck", "engine.statevector", "engine.densitymatrix"),
          switch (this) {
            case DATASET -> Stream.of("data", "files");
            case MODEL ->
                Stream.of(
                    "nn",
                    "nd4j",
                    NATIVE,
                    "encoding.angle",
                    "ansatz.hardwareefficient",
                    "observable.pauli");
            default -> Stream.of();
          });
    }

    /** An engine that can run circuits with the part. */
    private String engine() {
      return this == NOISE ? "densitymatrix.DensityMatrixEngine" : "statevector.StateVectorEngine";
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Makes a project. */
  @Command(
      name = "new",
      description = {
        "Make a Maven project with a part that works as it is, a unit test and a conformance test;"
            + " change the part into yours. A model takes two pages, all else less than one."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  ketloom plugin new ladder --kind ansatz",
        "  mvn -q -f example.ladder verify",
        "  ketloom deploy add example.ladder/target/example.ladder-1.0.0-SNAPSHOT.jar",
        "  ketloom plugin new energy --kind model --package org.example"
      })
  static final class New implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;
    @Spec private CommandSpec spec;

    @Parameters(
        paramLabel = "NAME",
        description = "Name of the part, lower case with dashes, as Blueprints will ask for it.")
    private String name;

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        required = true,
        description = "Kind of part: ${COMPLETION-CANDIDATES}.")
    private Kind kind;

    @Option(
        names = "--package",
        paramLabel = "PACKAGE",
        defaultValue = "example",
        description = "Java package, by default example.")
    private String javaPackage;

    @Option(
        names = "--dir",
        paramLabel = "DIR",
        description = "Folder for the project, new or empty; by default PACKAGE.NAME.")
    private @Nullable Path folder;

    New(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
        throw new ParameterException(
            spec.commandLine(),
            "NAME is lower case with dashes, such as ladder or big-ladder, found \"" + name + "\"");
      }
      // Keywords, such as int, are no names.
      if (!javaPackage.matches("[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)*")
          || !SourceVersion.isName(javaPackage)) {
        throw new ParameterException(
            spec.commandLine(),
            "--package is a Java package, such as org.example, found \"" + javaPackage + "\"");
      }
      String artifact = javaPackage + "." + name.replace("-", "");
      String className =
          Arrays.stream(name.split("-"))
                  .map(w -> w.substring(0, 1).toUpperCase(Locale.ROOT) + w.substring(1))
                  .collect(Collectors.joining())
              + kind.suffix;
      Path project = folder == null ? Path.of(artifact) : folder;
      requireEmpty(project);
      Map<String, String> words = new LinkedHashMap<>();
      words.put("@name@", name);
      words.put("@package@", javaPackage);
      words.put("@artifact@", artifact);
      words.put("@Class@", className);
      words.put("@engine@", kind.engine());
      words.put("@Engine@", kind.engine().replaceFirst(".*\\.", ""));
      words.put("@version@", services.version());
      Path bundles = bundles();
      words.put("@bundles@", bundles.toString());
      words.put("@dependencies@", dependencies(bundles));
      String path = javaPackage.replace('.', '/') + "/" + className;
      write(project.resolve("pom.xml"), "pom.xml", words);
      write(project.resolve(".gitignore"), "gitignore", words);
      write(project.resolve("src/main/java/" + path + ".java"), kind.type + ".java", words);
      if (isThere(kind.type + "Network.java")) {
        write(
            project.resolve("src/main/java/" + path + "Network.java"),
            kind.type + "Network.java",
            words);
      }
      write(project.resolve("src/test/java/" + path + "Test.java"), kind.type + "Test.java", words);
      String own = kind.type + "ConformanceTest.java";
      write(
          project.resolve("src/test/java/" + path + "ConformanceTest.java"),
          isThere(own) ? own : "ConformanceTest.java",
          words);
      PrintWriter out = spec.commandLine().getOut();
      out.println("made " + project.resolve("src/main/java/" + path + ".java") + " with its tests");
      out.println("build:  mvn -q -f " + project + " verify");
      out.println(
          "deploy: ketloom deploy add "
              + project.resolve("target").resolve(artifact + "-1.0.0-SNAPSHOT.jar"));
      out.flush();
      return 0;
    }

    private Path bundles() {
      String folder = services.property("ketloom.bundles");
      if (folder == null) {
        throw new IllegalStateException(
            "the location of the API's jar is unknown: framework property ketloom.bundles isn't"
                + " set");
      }
      return Path.of(folder).toAbsolutePath().normalize();
    }

    private String dependencies(Path bundles) throws IOException {
      String template = text("dependency.xml");
      StringBuilder all = new StringBuilder();
      for (String bundle : kind.bundles().toList()) {
        String name = "org.ketloom." + bundle;
        all.append(
            template.replace("@bundle@", bundle.equals(NATIVE) ? nativeCode(name, bundles) : name));
      }
      String more = kind.type + "Dependencies.xml";
      if (isThere(more)) {
        all.append(text(more));
      }
      return all.toString().strip();
    }

    /** The name of the bundle with native code for this platform. */
    private String nativeCode(String prefix, Path bundles) throws IOException {
      String end = "-" + services.version() + ".jar";
      try (Stream<Path> files = Files.list(bundles)) {
        return files
            .map(f -> f.getFileName().toString())
            .filter(n -> n.startsWith(prefix) && n.endsWith(end))
            .map(n -> n.substring(0, n.length() - end.length()))
            .sorted()
            .findFirst()
            .orElseThrow(
                () ->
                    new IOException(
                        bundles
                            + " has no "
                            + prefix
                            + "*"
                            + end
                            + ", with which the model's tests run; build or unpack Ketloom for this"
                            + " platform"));
      }
    }

    private static void requireEmpty(Path project) throws IOException {
      if (Files.isDirectory(project)) {
        try (Stream<Path> files = Files.list(project)) {
          if (files.findAny().isEmpty()) {
            return;
          }
        }
      }
      if (Files.exists(project)) {
        throw new IOException(project + " exists already; --dir names another folder");
      }
    }

    private static boolean isThere(String template) {
      return PluginCommands.class.getResource("plugin/" + template + ".template") != null;
    }

    private static String text(String template) throws IOException {
      try (InputStream in =
          PluginCommands.class.getResourceAsStream("plugin/" + template + ".template")) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }

    private static void write(Path file, String template, Map<String, String> words)
        throws IOException {
      String text = text(template);
      for (var word : words.entrySet()) {
        text = text.replace(word.getKey(), word.getValue());
      }
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
  }
}
