package org.ketloom.itests.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.support.Services;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ketloom.runtime.health.Health;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Constants;

/**
 * Parts and manifests that mean harm: they are refused, or told, and the deployer, the registry and
 * health go on. What a jar's code never returns from is let go at the end of each test.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class HostilePartsIT {
  private static final int LIMIT = 60_000;

  // As in the plugin, whose class isn't this one's.
  private static final String RELEASE = "ketloom.itests.release";
  private static final String STOPPING = "ketloom.itests.stopping";

  private final Services services = new Services(HostilePartsIT.class);
  private Folder folder;

  @Configuration
  public static Option[] container() {
    // The commands, without the interactive shell.
    return Stream.concat(
            Stream.of(Folder.container()),
            Container.jars("shell").stream()
                .filter(jar -> !jar.getFileName().toString().contains("gogo.jline"))
                .map(Container::jar))
        .toArray(Option[]::new);
  }

  @Before
  public void begin() throws IOException {
    System.clearProperty(RELEASE);
    System.clearProperty(STOPPING);
    folder = new Folder(services);
    folder.empty();
    folder.awaitRetired();
  }

  @After
  public void end() throws IOException {
    System.setProperty(RELEASE, "yes");
    folder.empty();
    folder.awaitRetired();
  }

  private String refusedWhenAdded(Path jar) {
    return assertThrows(IllegalStateException.class, () -> folder.deployer().add(jar)).getMessage();
  }

  private String refusedHostile(String how) {
    return refusedWhenAdded(folder.jars.resolve("hostile-" + how + ".jar"));
  }

  private void add(String jar) throws IOException {
    folder.deployer().add(folder.jars.resolve(jar));
  }

  /** Another plugin comes and goes, its part is found, and health answers. */
  private void requireLife() throws IOException {
    add(Jars.wave("1.0.0"));
    assertEquals(List.of("1.0.0"), folder.ansaetze("wave"));
    assertTrue(services.await(Health.class).check().size() > 1);
    folder.deployer().remove("test.wave");
    services.await(
        "retirement of test.wave",
        () -> folder.bundles().contains("test.wave 1.0.0") ? null : true);
  }

  // ---- parts

  @Test(timeout = LIMIT)
  public void partsThatCannotBeComparedOrShownArePartsLikeOthers() throws IOException {
    for (String how : List.of("hangs", "throws")) {
      add("hostile-" + how + ".jar");
      assertEquals(List.of("1.0.0"), folder.ansaetze("hostile"));
      assertEquals(
          "ansatz \"hostile\" 1.0.0",
          folder.registry().parts().stream()
              .filter(p -> p.name().equals("hostile"))
              .findFirst()
              .orElseThrow()
              .toString());
      requireLife();
      folder.deployer().remove("test.hostile." + how);
      folder.awaitRetired();
      assertEquals(List.of(), folder.ansaetze("hostile"));
    }
  }

  @Test(timeout = LIMIT)
  public void exceptionsThatNeverSayWhatTheyAreAreRefusedInTime() throws IOException {
    String why = refusedHostile("speechless");
    assertTrue(why, why.contains("in start() didn't return within 600 ms; it was at "));
    assertTrue(why, why.contains("Hostile"));
    why = refusedHostile("failing");
    assertTrue(why, why.contains("Hostile$Failing, which can't be read"));
    why = refusedHostile("refuses");
    assertTrue(why, why.contains("ansatz \"hostile\", takes too long"));
    why = refusedWhenAdded(folder.jars.resolve("unspeakable.jar"));
    assertTrue(why, why.startsWith("test.unspeakable 1.0.0"));
    assertTrue(why, why.contains("didn't return within 600 ms"));
    requireLife();
  }

  @Test(timeout = LIMIT)
  public void aFactoryThatNeverGivesItsObjectIsRefused() throws IOException {
    String why = refusedHostile("get");
    assertTrue(why, why.contains("making ansatz \"hostile\" didn't return within 600 ms"));
    assertTrue(why, why.contains("Hostile"));
    requireLife();
  }

  @Test(timeout = LIMIT)
  public void aFactoryThatNeverTakesItsObjectBackHoldsUpNobody() throws IOException {
    add("hostile-unget.jar");
    assertEquals(List.of("1.0.0"), folder.ansaetze("hostile"));
    folder.deployer().remove("test.hostile.unget");
    requireLife();
    awaitStuck("test.hostile.unget 1.0.0");
    assertEquals(List.of(), folder.ansaetze("hostile"));
  }

  /** What was made for a trial is given back when the trial ends in a refusal. */
  @Test(timeout = LIMIT)
  public void aFactoryThatTakesNothingBackAfterARefusalHoldsUpNobody() throws IOException {
    String why = refusedHostile("unget-refused");
    assertTrue(why, why.contains("broken"));
    requireLife();
  }

  @Test(timeout = LIMIT)
  public void aKindThatIsSaidTwiceAndNeverAgainHoldsUpNobody() throws IOException {
    add("hostile-kind.jar");
    requireLife();
  }

  private PluginStatus awaitStuck(String name) {
    return services.await(
        () -> name + " being stuck (there is " + folder.deployer().plugins() + ")",
        () ->
            folder.deployer().plugins().stream()
                .filter(p -> p.state() == PluginStatus.State.STUCK && p.name().equals(name))
                .findFirst()
                .orElse(null));
  }

  @Test(timeout = LIMIT)
  public void healthAndTheListAnswerWhileAPluginDoesNotStop() throws IOException {
    add("hostile-stop.jar");
    folder.deployer().remove("test.hostile.stop");
    services.await("a call of stop()", () -> System.getProperty(STOPPING));
    // The deployer's thread waits for it now.
    assertEquals(List.of(), folder.current());
    assertTrue(services.await(Health.class).check().size() > 1);
    PluginStatus stuck = awaitStuck("test.hostile.stop 1.0.0");
    assertTrue(stuck.detail(), stuck.detail().contains("doesn't return from stop()"));
    List<Health.Finding> findings = services.await(Health.class).check();
    assertTrue(
        findings.toString(),
        findings.stream()
            .anyMatch(f -> f.message().startsWith("test.hostile.stop 1.0.0 is stuck: ")));
    requireLife();
  }

  /** What a command prints, and its exit status at the end. */
  @SuppressWarnings("unchecked")
  private String command(String line) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    int status;
    try {
      status =
          services.await(ToIntFunction.class, "(ketloom.command=main)").applyAsInt(line.split(" "));
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8) + "status " + status;
  }

  @Test(timeout = LIMIT)
  public void commandsAnswerWhileAPluginDoesNotStop() {
    String added = command("deploy add " + folder.jars.resolve("hostile-stop.jar"));
    assertTrue(added, added.endsWith("status 0"));
    assertTrue(command("deploy list").startsWith("current   test.hostile.stop 1.0.0"));
    String removed = command("deploy remove test.hostile.stop");
    assertTrue(removed, removed.endsWith("status 0"));
    services.await("a call of stop()", () -> System.getProperty(STOPPING));
    String list = command("deploy list");
    assertFalse(list, list.startsWith("current"));
    String health = command("health");
    assertTrue(health, health.contains("0 plugins are current"));
    awaitStuck("test.hostile.stop 1.0.0");
    list = command("deploy list");
    assertTrue(list, list.startsWith("stuck     test.hostile.stop 1.0.0"));
    assertTrue(list, list.contains("doesn't return from stop()"));
    health = command("health");
    assertTrue(health, health.contains("test.hostile.stop 1.0.0 is stuck: "));
  }

  @Test(timeout = LIMIT)
  public void addTellsOfAPartThatIsHidden() {
    String first = command("deploy add " + folder.jars.resolve(Jars.wave("1.0.0")));
    assertFalse(first, first.contains("hidden"));
    String second = command("deploy add " + folder.jars.resolve("twin.jar"));
    String hidden =
        "ansatz \"wave\" 1.0.0 of bundle test.twin is hidden by that of bundle test.wave, which has"
            + " the same name and version; give one of them another";
    assertTrue(second, second.contains("test.twin 1.0.0: " + hidden));
    assertTrue(second, second.contains("test.wave 1.0.0: " + hidden));
  }

  private Health.Finding finding(String check, String beginning) {
    return services.await(Health.class).check().stream()
        .filter(f -> f.check().equals(check) && f.message().startsWith(beginning))
        .findFirst()
        .orElseThrow(() -> new AssertionError("health has no finding \"" + beginning + "\""));
  }

  @Test(timeout = LIMIT)
  public void healthTellsOfACheckThatNeverReturns() throws IOException {
    add("hostile-health.jar");
    Health.Finding told = finding("checks", "the health check of test.hostile.health 1.0.0 ");
    assertTrue(told.message(), told.message().contains("didn't return within 5000 ms; it was at "));
    assertEquals(Health.Level.FAIL, told.level());
    assertEquals(List.of("test.hostile.health 1.0.0"), folder.current());
  }

  /** The framework lets nobody uninstall a bundle before it returns from start(). */
  @Test(timeout = LIMIT)
  public void aPluginThatStartsTooLateIsTakenAwayWhenItHasStarted() throws IOException {
    String why = refusedHostile("start");
    assertTrue(why, why.contains("in start() didn't return within 600 ms; it was at "));
    awaitStuck("test.hostile.start 1.0.0");
    requireLife();
    System.setProperty(RELEASE, "yes");
    services.await(
        "the end of test.hostile.start",
        () -> folder.bundles().contains("test.hostile.start 1.0.0") ? null : true);
    services.await(
        () -> "nothing that is stuck (there is " + folder.deployer().plugins() + ")",
        () ->
            folder.deployer().plugins().stream()
                    .anyMatch(p -> p.state() == PluginStatus.State.STUCK)
                ? null
                : true);
  }

  @Test(timeout = LIMIT)
  public void aPartThatHidesAnotherIsToldAtOnceOfBoth() throws IOException {
    add(Jars.wave("1.0.0"));
    assertEquals("", detail("test.wave 1.0.0"));
    add("twin.jar");
    String hidden =
        "ansatz \"wave\" 1.0.0 of bundle test.twin is hidden by that of bundle test.wave, which has"
            + " the same name and version; give one of them another.";
    assertEquals(hidden, detail("test.twin 1.0.0"));
    assertEquals(hidden, detail("test.wave 1.0.0"));
    folder.deployer().remove("test.wave");
    assertEquals("test.twin", folder.ansatz("wave", "").bundle());
    folder.awaitRetired();
    services.await(
        "the end of the remark", () -> detail("test.twin 1.0.0").isEmpty() ? true : null);
  }

  private String detail(String name) {
    return folder.deployer().plugins().stream()
        .filter(p -> p.state() == PluginStatus.State.CURRENT && p.name().equals(name))
        .map(PluginStatus::detail)
        .findFirst()
        .orElseThrow();
  }

  // ---- manifests

  private static Path manifest(String name, Map<String, String> more) throws IOException {
    Manifest manifest = new Manifest();
    Attributes headers = manifest.getMainAttributes();
    headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
    headers.putValue(Constants.BUNDLE_SYMBOLICNAME, name);
    headers.putValue(Constants.BUNDLE_VERSION, "1.0.0");
    more.forEach(headers::putValue);
    Path jar = Files.createTempDirectory("manifests").resolve(name + ".jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(out, manifest)) {
      zip.finish();
    }
    return jar;
  }

  private void refused(String header, String value, String... words) throws IOException {
    String why = refusedWhenAdded(manifest("test.manifest", Map.of(header, value)));
    for (String word : words) {
      assertTrue("no \"" + word + "\" in: " + why, why.contains(word));
    }
    folder.awaitRetired();
  }

  @Test(timeout = LIMIT)
  public void whatNobodyProvidesIsNamed() throws IOException {
    refused(
        "Require-Capability",
        "test.magic;filter:=\"(test.magic=wand)\"",
        "test.manifest 1.0.0 needs test.magic wand, which no bundle provides");
    refused(
        "Require-Capability",
        "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\"",
        "test.manifest 1.0.0 needs Java 99, this is Java " + Runtime.version().feature());
  }

  @Test(timeout = LIMIT)
  public void fragmentsOfWhatRunsAreRefused() throws IOException {
    refused(
        "Fragment-Host",
        "system.bundle; extension:=framework",
        "is a fragment of system.bundle: it would change a bundle that runs already");
    refused("Fragment-Host", "org.ketloom.runtime", "is a fragment of org.ketloom.runtime");
  }

  @Test(timeout = LIMIT)
  public void packagesOfKetloomAreNeitherTakenOverNorImportedUnchecked() throws IOException {
    refused(
        "Export-Package",
        "org.ketloom.api.part;version=\"2.99.0\"",
        "test.manifest 1.0.0 exports package org.ketloom.api.part, which is that of"
            + " org.ketloom.api");
    for (String pattern : List.of("*", "org.*", "org.ketloom.*", "org.ketloom.api.part")) {
      refused(
          "DynamicImport-Package",
          "com.example," + pattern,
          "DynamicImport-Package " + pattern + " in its manifest",
          "Import-Package");
    }
    folder
        .deployer()
        .add(manifest("test.dynamic", Map.of("DynamicImport-Package", "org.example.*")));
    assertEquals(List.of("test.dynamic 1.0.0"), folder.current());
  }

  /** Who says he is Declarative Services isn't, and a part needs no requirement to be found. */
  @Test(timeout = LIMIT)
  public void aCapabilityThatImitatesAnothersChangesNothing() throws IOException {
    folder
        .deployer()
        .add(
            manifest(
                "test.imitator",
                Map.of(
                    "Provide-Capability",
                    "osgi.extender;osgi.extender=osgi.component;version:Version=1.9,"
                        + "osgi.service;objectClass:List<String>=org.ketloom.api.part.Ansatz")));
    add(Jars.wave("1.0.0"));
    add("bare-component.jar");
    assertEquals(
        List.of("test.bare 5.0.0", "test.imitator 1.0.0", "test.wave 1.0.0"), folder.current());
    assertEquals("test.bare", folder.ansatz("wave", "[5,6)").bundle());
  }
}
