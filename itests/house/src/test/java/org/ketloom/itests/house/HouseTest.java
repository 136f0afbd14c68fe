package org.ketloom.itests.house;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What holds for all code: arrows between bundles and within the runtime, and more. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HouseTest {
  private static final String RUNTIME = "org.ketloom.runtime.internal.";
  private static final int MAX_LINES = 600;

  /** Which room of the runtime may use which others. */
  private static final Map<String, Set<String>> ROOMS =
      Map.of(
          "text", Set.of(),
          "parts", Set.of("text"),
          "blueprint", Set.of("parts", "text"),
          "deploy", Set.of("parts", "text"),
          "folder", Set.of("blueprint", "parts", "text"),
          "swap", Set.of("folder", "blueprint", "parts", "text"),
          "run", Set.of("swap", "folder", "blueprint", "parts", "text"),
          "job", Set.of("folder", "blueprint", "parts", "text"),
          "health", Set.of("run", "parts", "text"));

  /** Classes whose length is content. */
  private static final Map<String, String> LONG =
      Map.of(
          "CircuitBuilder", "a method per gate",
          "VectorKernels", "kernels: one loop per kind of gate",
          "Variable", "the tape's operations with their derivatives");

  /** Static fields that change, and why there is one per process. */
  private static final Map<String, String> STATIC_STATE =
      Map.of(
          "org.ketloom.nd4j.Nd4jBackend.loaded", "native code is loaded once per process",
          "org.ketloom.nd4j.Nd4jBackend.failure", "native code is loaded once per process");

  private final House house = House.ofBuild();
  private JavaClasses code;

  @BeforeAll
  void read() {
    code = house.classes();
  }

  private Arrows bundles() {
    MapOfTheHouse map =
        MapOfTheHouse.read(house.root().resolve("CONTRIBUTING.md"), house.bundles());
    return new Arrows(house::owner, map::allowed);
  }

  private static Arrows rooms() {
    return new Arrows(
        type ->
            Optional.of(type.getPackageName())
                .filter(name -> name.startsWith(RUNTIME))
                .map(name -> name.substring(RUNTIME.length()).replaceFirst("\\..*", "")),
        room -> ROOMS.getOrDefault(room, Set.of()));
  }

  @Test
  void bundlesImportWhatTheMapAllows() {
    classes()
        .should(bundles().keepTo("the map of the house in CONTRIBUTING.md"))
        .because("arrows point one way, so that a bundle can be understood and replaced by itself")
        .check(code);
  }

  @Test
  void roomsOfTheRuntimeUseWhatTheyMay() {
    classes()
        .should(rooms().keepTo("the arrows of the runtime's packages"))
        .because("each package of the runtime can be read without those above it")
        .check(code);
    Set<String> there = rooms().found(code).keySet();
    assertEquals(new TreeSet<>(ROOMS.keySet()), there, "the rooms that the rules know");
  }

  @Test
  void pluginsAreKnownToNobody() {
    noClasses()
        .should()
        .dependOnClassesThat(
            describe(
                "are of another bundle that is a plugin",
                type ->
                    house
                        .owner(type)
                        .filter(
                            b ->
                                b.matches(
                                    "org\\.ketloom\\.(encoding|ansatz|observable|noise|engine|model)\\..*"))
                        .isPresent()))
        .because("plugins are found as services, so that they can come, go and be replaced")
        .check(
            code.that(
                describe(
                    "are of no plugin",
                    type ->
                        house
                            .owner(type)
                            .filter(
                                b ->
                                    !b.matches(
                                        "org\\.ketloom\\.(encoding|ansatz|observable|noise|engine|model)\\..*"))
                            .isPresent())));
  }

  @Test
  void nothingKnowsShellOrLauncher() {
    for (String top : List.of("org.ketloom.shell", "org.ketloom.launcher")) {
      noClasses()
          .that()
          .resideOutsideOfPackage(top + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(top + "..")
          .because("whoever embeds Ketloom has neither a command line nor our way to start")
          .check(code);
    }
  }

  @Test
  void internalsStayInTheirBundle() {
    Arrows internals =
        new Arrows(
            type ->
                house
                    .owner(type)
                    .map(b -> type.getPackageName().contains(".internal") ? b + " internal" : b),
            group ->
                house.bundles().stream()
                    .map(b -> group.equals(b) ? b + " internal" : b)
                    .collect(Collectors.toSet()));
    classes()
        .should(internals.keepTo("no other bundle's internal package"))
        .because("what is internal changes without notice, and no framework would resolve it")
        .check(code);
  }

  @Test
  void theApiShowsNothingInternal() {
    List<String> shown = new ArrayList<>();
    for (JavaClass type : code) {
      if (type.getPackageName().contains(".internal") || !visible(type.getModifiers())) {
        continue;
      }
      type.getMembers().stream()
          .filter(m -> visible(m.getModifiers()))
          .forEach(
              m ->
                  m.getAllInvolvedRawTypes().stream()
                      .filter(t -> t.getPackageName().contains(".internal"))
                      .filter(t -> house.owner(t).isPresent())
                      .forEach(t -> shown.add(m.getFullName() + " shows " + t.getName())));
    }
    assertEquals(List.of(), shown, "internal types in exported packages");
  }

  private static boolean visible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  @Test
  void packagesHaveNoCycles() {
    slices()
        .matching("org.ketloom.(**)")
        .should()
        .beFreeOfCycles()
        .because("packages in a cycle are one package")
        .check(code);
  }

  @Test
  void randomNumbersComeFromSeeds() {
    randomNumbers().check(code);
  }

  static ArchRule randomNumbers() {
    return noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.Random")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.SplittableRandom")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethodWhere(describe("draws with an algorithm of the JDK", HouseTest::isDrawnByTheJdk))
        .because("a run is repeated by its seed, whatever the number of threads and the JDK");
  }

  /**
   * Whether a call draws a number that {@code SplitMix64} doesn't compute itself. Secrets of the
   * interface over HTTP are what nobody may repeat.
   */
  private static boolean isDrawnByTheJdk(JavaMethodCall call) {
    AccessTarget.MethodCallTarget drawn = call.getTarget();
    if (drawn.getOwner().isEquivalentTo(SecureRandom.class)
        && call.getOriginOwner().getPackageName().startsWith("org.ketloom.http.")) {
      return false;
    }
    if (!drawn.getOwner().isAssignableTo(RandomGenerator.class)
        || !drawn.getName().matches("next.*|ints|longs|doubles")) {
      return false;
    }
    String own = "org.ketloom.api.random.SplitMix64";
    if (!drawn.getOwner().getName().equals(own)) {
      return true;
    }
    // Java defines a stream of doubles as calls of nextDouble.
    return !drawn.getName().equals("doubles")
        && drawn.resolveMember().filter(m -> m.getOwner().getName().equals(own)).isEmpty();
  }

  @Test
  void onlyTheLauncherEndsTheProcess() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.ketloom.launcher")
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .orShould()
        .callMethod(Runtime.class, "exit", int.class)
        .because("the process may be another program's")
        .check(code);
  }

  @Test
  void staticFieldsAreFinal() {
    fields()
        .that()
        .areStatic()
        .and(
            describe(
                "are no known exception",
                (JavaField f) -> !STATIC_STATE.containsKey(f.getFullName())))
        .should()
        .beFinal()
        .because("state that belongs to nobody outlives containers and makes tests depend on order")
        .check(code);
  }

  @Test
  void classesAreShort() throws IOException {
    List<String> found = new ArrayList<>();
    Set<String> shorter = new TreeSet<>(LONG.keySet());
    for (Path file : house.sources()) {
      String name = file.getFileName().toString().replace(".java", "");
      long lines = Files.readAllLines(file).size();
      if (lines > MAX_LINES && !LONG.containsKey(name)) {
        found.add(name + " has " + lines + " lines");
      } else if (lines > MAX_LINES) {
        shorter.remove(name);
      }
    }
    assertEquals(Set.of(), shorter, "exceptions that no class needs any longer");
    assertEquals(List.of(), found, "classes of more than " + MAX_LINES + " lines");
  }

  @Test
  void packagesSayWhatTheyAreForAndNullnessIsChecked() throws IOException {
    Set<String> silent = new TreeSet<>();
    Set<String> unmarked = new TreeSet<>();
    for (Path file : house.sources()) {
      Path folder = file.getParent();
      Path info = folder.resolve("package-info.java");
      String name = house.root().relativize(folder).toString();
      if (!Files.exists(info)) {
        silent.add(name);
        continue;
      }
      String text = Files.readString(info);
      if (!text.startsWith("/**")) {
        silent.add(name);
      }
      if (!text.contains("NullMarked")) {
        unmarked.add(name);
      }
    }
    assertEquals(Set.of(), silent, "packages without a package-info that says what they are for");
    assertEquals(Set.of(), unmarked, "packages that aren't @NullMarked");
  }

  /** The launcher of a clone builds without them, from an empty repository. */
  @Test
  void whatTheProductIsBuiltFromNeedsNoJarOfTests() throws IOException {
    List<String> found = new ArrayList<>();
    List<String> modules = new ArrayList<>(List.of("launcher", "features"));
    house.bundles().forEach(bundle -> modules.add("bundles/" + bundle));
    for (String module : modules) {
      String pom = Files.readString(house.root().resolve(module + "/pom.xml"));
      if (pom.replaceAll("(?s)<profiles>.*</profiles>", "").contains("<type>test-jar</type>")) {
        found.add(module);
      }
    }
    assertEquals(
        List.of(),
        found,
        "modules that need a jar of tests outside of a profile that -Dmaven.test.skip turns off");
  }

  @Test
  void nothingImportsAnnotationsForTheCompiler() throws IOException {
    List<String> found = new ArrayList<>();
    for (String bundle : house.bundles()) {
      Path manifest =
          house.root().resolve("bundles/" + bundle + "/target/classes/META-INF/MANIFEST.MF");
      // Lines of a manifest are folded.
      if (Files.readString(manifest).replaceAll("\\R ", "").contains("org.jspecify")) {
        found.add(bundle);
      }
    }
    assertEquals(
        List.of(),
        found,
        "bundles that import org.jspecify.annotations: put !org.jspecify.annotations first in"
            + " Import-Package of their bnd.bnd");
  }

  @Test
  void theHandbookShowsTheArrows() throws IOException {
    Map<String, Set<String>> grouped = new TreeMap<>();
    bundles()
        .found(code)
        .forEach(
            (from, all) ->
                all.forEach(
                    to ->
                        grouped
                            .computeIfAbsent(shortened(from), g -> new TreeSet<>())
                            .add(shortened(to))));
    grouped.forEach((from, all) -> all.remove(from));
    compare("bundles.svg", new Picture("Bundles and what they import", grouped));
    compare(
        "runtime.svg",
        new Picture("Packages of the runtime and what they use", rooms().found(code)));
  }

  /** Whoever writes a part finds everything on one page. */
  @Test
  void theHandbookNamesEverythingThatACircuitCanHold() throws IOException {
    String page = Files.readString(house.root().resolve("launcher/docs/circuits.md"));
    String circuit = "org.ketloom.api.circuit.";
    Set<String> missing = new TreeSet<>();
    for (String type : List.of("Gate", "Channel$Kind")) {
      code.get(circuit + type).getFields().stream()
          .filter(field -> field.getRawType().getName().equals(circuit + type))
          .map(JavaField::getName)
          .filter(name -> !page.contains("`" + name + "`"))
          .forEach(missing::add);
    }
    code.get(circuit + "CircuitBuilder").getMethods().stream()
        .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
        .map(JavaMethod::getName)
        .filter(name -> !page.contains(name + "("))
        .forEach(missing::add);
    assertEquals(Set.of(), missing, "what launcher/docs/circuits.md doesn't name");
  }

  /** Plugins of a kind are drawn as one. */
  private static String shortened(String bundle) {
    return bundle
        .substring("org.ketloom.".length())
        .replaceFirst("^(encoding|ansatz|observable|noise|engine|model)\\..*", "$1.*");
  }

  private void compare(String name, Picture picture) throws IOException {
    Path file = house.root().resolve("launcher/docs").resolve(name);
    if (Boolean.getBoolean("ketloom.draw")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, picture.svg());
    }
    assertEquals(
        picture.svg(),
        Files.exists(file) ? Files.readString(file).replace("\r\n", "\n") : "",
        file
            + " doesn't show what the code does; draw it again: mvn -pl itests/house"
            + " -Dketloom.draw=true test");
  }
}
