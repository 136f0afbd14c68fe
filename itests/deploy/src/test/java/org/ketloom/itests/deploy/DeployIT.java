package org.ketloom.itests.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.PartKind;
import org.ketloom.itests.support.Services;
import org.ketloom.runtime.deploy.Deployer;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.parts.Leases;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ketloom.tck.Conformance;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.ServiceRegistration;

/** Plugins come and go through the folder, and through the deployer. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class DeployIT {
  private final Services services = new Services(DeployIT.class);
  private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
  private Folder folder;

  @Configuration
  public static Option[] container() {
    return new Option[] {Folder.container()};
  }

  @Before
  public void begin() throws IOException {
    folder = new Folder(services);
    folder.empty();
  }

  @After
  public void end() throws IOException {
    registrations.forEach(ServiceRegistration::unregister);
    folder.empty();
    folder.awaitRetired();
  }

  // ---- ways in

  @Test
  public void aJarThatIsRenamedIntoPlaceIsTaken() throws IOException {
    long begun = System.nanoTime();
    folder.drop(Jars.wave("1.0.0"));
    folder.awaitCurrent("test.wave 1.0.0");
    System.out.println(
        "from dropping a jar to its part being current: "
            + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)
            + " ms, scans of the folder every 100 ms");
    assertEquals(List.of("1.0.0"), folder.ansaetze("wave"));
  }

  @Test
  public void aJarThatIsCopiedSlowlyIsTakenWhenItIsWhole() throws Exception {
    byte[] content = Files.readAllBytes(folder.jars.resolve(Jars.wave("1.0.0")));
    try (OutputStream out = Files.newOutputStream(folder.path.resolve("slow.jar"))) {
      for (int i = 0; i < 10; i++) {
        out.write(
            content,
            i * content.length / 10,
            (i + 1) * content.length / 10 - i * content.length / 10);
        out.flush();
        TimeUnit.MILLISECONDS.sleep(60);
        assertEquals(List.of(), folder.current());
      }
    }
    folder.awaitCurrent("test.wave 1.0.0");
  }

  @Test
  public void aCopyThatStallsIsRefusedAndTakenWhenItIsWhole() throws Exception {
    byte[] content = Files.readAllBytes(folder.jars.resolve(Jars.wave("1.0.0")));
    try (OutputStream out = Files.newOutputStream(folder.path.resolve("stalled.jar"))) {
      out.write(content, 0, content.length / 2);
      out.flush();
      String why = folder.awaitRefusal("stalled.jar");
      assertTrue(why, why.contains("If it is still being copied, it is tried again"));
      out.write(content, content.length / 2, content.length - content.length / 2);
    }
    folder.awaitCurrent("test.wave 1.0.0");
    assertEquals(null, folder.refusal("stalled.jar"));
  }

  @Test
  public void overwritingInPlaceIsANewVersionBesideTheOld() throws IOException {
    folder.drop(Jars.wave("1.0.0"), "wave.jar");
    folder.awaitCurrent("test.wave 1.0.0");
    RegisteredPart old = folder.ansatz("wave", "");
    Files.write(
        folder.path.resolve("wave.jar"),
        Files.readAllBytes(folder.jars.resolve(Jars.wave("1.1.0"))));
    folder.awaitCurrent("test.wave 1.1.0");
    assertEquals("1.1.0", folder.ansatz("wave", "").version().toString());
    assertEquals("WaveAnsatz[phases=true]", old.prototype().toString());
    folder.awaitRetired();
    assertEquals(List.of("1.1.0"), folder.ansaetze("wave"));
  }

  @Test
  public void addPutsTheJarIntoTheFolder() throws IOException {
    Deployment first = folder.deployer().add(folder.jars.resolve(Jars.wave("1.0.0")));
    assertEquals("test.wave 1.0.0 is new", first.reason());
    assertEquals(List.of("ansatz wave"), first.plugins().get(0).parts());
    assertTrue(Files.exists(folder.path.resolve("test.wave-1.0.0.jar")));
    Deployment second = folder.deployer().add(folder.jars.resolve(Jars.wave("1.1.0")));
    assertEquals("test.wave 1.1.0 instead of 1.0.0", second.reason());
    assertEquals(first.number() + 1, second.number());
    assertEquals(List.of("test.wave 1.1.0"), folder.current());
  }

  @Test
  public void whatWasStoppedByHandRunsAgainWhenItIsAskedFor() throws Exception {
    int number = folder.deployer().add(folder.jars.resolve(Jars.wave("1.0.0"))).number();
    services.bundle("test.wave").stop();
    assertEquals(List.of(), folder.ansaetze("wave"));
    Deployment same = folder.deployer().add(folder.jars.resolve(Jars.wave("1.0.0")));
    assertEquals(number, same.number());
    assertEquals(List.of("1.0.0"), folder.ansaetze("wave"));
    services.bundle("test.wave").uninstall();
    folder.deployer().rollback(number);
    assertEquals(List.of("1.0.0"), folder.ansaetze("wave"));
  }

  // ---- ways out

  @Test
  public void deletingAJarRetiresIt() throws IOException {
    folder.drop(Jars.wave("1.0.0"));
    folder.awaitCurrent("test.wave 1.0.0");
    folder.delete(Jars.wave("1.0.0"));
    folder.awaitCurrent();
    folder.awaitRetired();
    assertEquals(List.of(), folder.ansaetze("wave"));
    assertTrue(folder.why("wave").contains("It was current until deployment"));
  }

  @Test
  public void removeDeletesTheFileAndRollbackBringsItBack() throws IOException {
    int number = folder.deployer().add(folder.jars.resolve(Jars.wave("1.0.0"))).number();
    folder.deployer().remove("wave");
    assertFalse(Files.exists(folder.path.resolve("test.wave-1.0.0.jar")));
    folder.awaitRetired();
    assertEquals(
        "no plugin is called \"wave\"; there is none",
        assertThrows(IllegalArgumentException.class, () -> folder.deployer().remove("wave"))
            .getMessage());
    folder.deployer().rollback(number);
    assertEquals(List.of("1.0.0"), folder.ansaetze("wave"));
  }

  @Test
  public void rollbackGoesBackAndForth() throws Exception {
    Deployer deployer = folder.deployer();
    int first = deployer.add(folder.jars.resolve(Jars.wave("1.0.0"))).number();
    int second = deployer.add(folder.jars.resolve(Jars.wave("1.1.0"))).number();
    Deployment back = deployer.rollback(first);
    assertEquals("back to deployment " + first, back.reason());
    assertEquals(second + 1, back.number());
    assertEquals("1.0.0", folder.ansatz("wave", "").version().toString());
    folder.awaitRetired();
    folder.restart();
    folder.awaitCurrent("test.wave 1.0.0");
    folder.deployer().rollback(second);
    assertEquals("1.1.0", folder.ansatz("wave", "").version().toString());
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> folder.deployer().rollback(9999))
            .getMessage()
            .startsWith("there is no deployment 9999; there is 1 to "));
  }

  // ---- side by side

  @Test
  public void twoMajorVersionsLiveSideBySide() throws IOException {
    folder.drop(Jars.wave("1.1.0"));
    folder.drop(Jars.wave("2.0.0"));
    folder.awaitCurrent("test.wave 1.1.0", "test.wave 2.0.0");
    assertEquals(List.of("2.0.0", "1.1.0"), folder.ansaetze("wave"));
    assertEquals("1.1.0", folder.ansatz("wave", "[1,2)").version().toString());
    folder.drop(Jars.wave("1.2.0"));
    folder.awaitCurrent("test.wave 1.2.0", "test.wave 2.0.0");
    folder.awaitRetired();
    assertEquals(List.of("2.0.0", "1.2.0"), folder.ansaetze("wave"));
  }

  @Test
  public void ofPartsWithOneNameTheHighestVersionIsTheFirstChoice() throws IOException {
    folder.drop(Jars.wave("1.1.0"));
    folder.drop("rival.jar");
    folder.awaitCurrent("test.rival 1.5.0", "test.wave 1.1.0");
    assertEquals(List.of("1.5.0", "1.1.0"), folder.ansaetze("wave"));
    assertEquals("test.rival", folder.ansatz("wave", "").bundle());
    String message =
        assertThrows(IllegalArgumentException.class, () -> folder.deployer().remove("wave"))
            .getMessage();
    assertTrue(message, message.contains("more than one plugin: test."));
  }

  @Test
  public void theSameVersionWithOtherContentIsRefused() throws IOException {
    folder.drop(Jars.wave("1.0.0"));
    folder.awaitCurrent("test.wave 1.0.0");
    folder.drop("wave-other.jar");
    String why = folder.awaitRefusal("wave-other.jar");
    assertTrue(why, why.startsWith("test.wave 1.0.0 is deployed already with other content"));
    assertTrue(why, why.contains("for example 1.0.1"));
    assertEquals(List.of("test.wave 1.0.0"), folder.current());
  }

  // ---- leases

  /** Runs that hold what a test says. */
  private static final class FakeLeases implements Leases {
    final List<PartIdentity> held = new CopyOnWriteArrayList<>();
    final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    @Override
    public List<String> holders(String bundle, String version, String sha256) {
      return held.stream()
              .anyMatch(
                  g ->
                      g.bundle().equals(bundle)
                          && g.version().equals(version)
                          && g.sha256().equals(sha256))
          ? List.of("run runs/a")
          : List.of();
    }

    @Override
    public List<String> live() {
      return held.isEmpty() ? List.of() : List.of("run runs/a");
    }

    @Override
    public void addListener(Runnable listener) {
      listeners.add(listener);
    }

    @Override
    public void removeListener(Runnable listener) {
      listeners.remove(listener);
    }
  }

  @Test
  public void whatARunHoldsStaysUntilTheRunLetsGoAndIsThenCollected() throws Exception {
    folder.drop(Jars.wave("1.1.0"));
    folder.awaitCurrent("test.wave 1.1.0");
    FakeLeases leases = hold("wave");
    // Lower than what is there: dropped last, it is current all the same.
    folder.drop(Jars.wave("1.0.0"));
    folder.awaitCurrent("test.wave 1.0.0");
    TimeUnit.MILLISECONDS.sleep(600);
    assertEquals(List.of("test.wave 1.0.0", "test.wave 1.1.0"), folder.bundles());
    assertEquals(List.of("1.0.0", "1.1.0"), folder.ansaetze("wave"));
    assertEquals("1.1.0", folder.ansatz("wave", "[1.1.0,1.1.0]").version().toString());
    String why = folder.why("test.wave 1.1.0");
    assertTrue(why, why.contains("test.wave 1.1.0 is being retired: held by run runs/a."));

    WeakReference<ClassLoader> old =
        new WeakReference<>(
            folder.ansatz("wave", "[1.1.0,1.1.0]").prototype().getClass().getClassLoader());
    leases.held.clear();
    leases.listeners.forEach(Runnable::run);
    folder.awaitRetired();
    assertEquals(List.of("1.0.0"), folder.ansaetze("wave"));
    services.await(
        "collection of the retired class loader",
        () -> {
          System.gc();
          return old.get() == null ? true : null;
        });
  }

  private FakeLeases hold(String ansatz) {
    FakeLeases leases = new FakeLeases();
    leases.held.add(folder.registry().identity(folder.ansatz(ansatz, "")));
    registrations.add(services.context().registerService(Leases.class, leases, null));
    return leases;
  }

  @Test
  public void theApiDoesNotChangeUnderALiveRun() throws IOException {
    folder.drop(Jars.wave("1.0.0"));
    folder.awaitCurrent("test.wave 1.0.0");
    folder.drop("api.jar");
    String idle = folder.awaitRefusal("api.jar");
    assertTrue(idle, idle.contains("would change org.ketloom.api 2.0.0"));
    assertTrue(idle, idle.contains("Stop Ketloom"));
    hold("wave");
    String message =
        assertThrows(
                IllegalStateException.class,
                () -> folder.deployer().add(folder.jars.resolve("api.jar")))
            .getMessage();
    assertTrue(message, message.contains("It is refused while run runs/a is live"));
  }

  @Test
  public void twentySwapsInARowLeaveNothingBehind() throws Exception {
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    long after5 = 0;
    long begun = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      folder.deployer().add(folder.jars.resolve(Jars.wave("3.0." + i)));
      loaders.add(
          new WeakReference<>(folder.ansatz("wave", "").prototype().getClass().getClassLoader()));
      if (i == 4) {
        folder.awaitRetired();
        after5 = metaspace();
      }
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    folder.awaitRetired();
    services.await(
        "collection of 19 class loaders",
        () -> {
          System.gc();
          return loaders.stream().filter(l -> l.get() != null).count() <= 1 ? true : null;
        });
    long after20 = metaspace();
    System.out.println(
        "20 swaps of a part: "
            + millis / 20
            + " ms each; metaspace after 5: "
            + after5 / 1024
            + " KiB, after 20: "
            + after20 / 1024
            + " KiB");
    assertTrue(after5 + " bytes, then " + after20, after20 - after5 < 512 * 1024);
  }

  private static long metaspace() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(p -> p.getName().equals("Metaspace"))
        .map(MemoryPoolMXBean::getUsage)
        .mapToLong(u -> u.getUsed())
        .findFirst()
        .orElseThrow();
  }

  // ---- broken jars

  @Test
  public void whatIsNoBundleIsRefused() throws IOException {
    refused("text.jar", "text.jar is not a whole jar", "17 bytes");
    refused("half.jar", "half.jar is not a whole jar");
    refused("bare.jar", "bare.jar has no META-INF/MANIFEST.MF", "bnd-maven-plugin");
    refused("plain.jar", "Bundle-SymbolicName is null");
    refused("fragment.jar", "fragment.jar is a fragment of org.ketloom.api");
    refused("shipped.jar", "org.ketloom.ansatz.twoqubit 2.0.0 belongs to Ketloom itself");
  }

  @Test
  public void whatDoesNotResolveIsRefusedWithWhoCouldProvideIt() throws IOException {
    refused(
        "nowhere.jar",
        "test.nowhere 1.0.0 needs package org.nowhere, which no bundle provides",
        "Put a bundle that provides it into the folder of plugins too");
    refused(
        "old.jar",
        "test.old 1.0.0 is built for API 1, this is API 2: build it again with the API of Ketloom"
            + " 2.",
        "ketloom.version and ketloom.bundles");
    refused("model.jar", "needs package org.ketloom.nn", "org.ketloom.nn-2.0.0.jar could provide");
  }

  @Test
  public void whatDoesNotStartIsRefused() throws IOException {
    refused(
        "throws.jar",
        "test.throws 1.0.0 doesn't start",
        "ThrowingActivator in start() threw java.lang.IllegalStateException: no cup of tea at ");
    refused(
        "hangs.jar",
        "EndlessActivator in start() didn't return within 600 ms; it was at ",
        "EndlessActivator.start");
    refused(
        "failing.jar",
        "component org.ketloom.itests.plugin.FailingAnsatz",
        "UnsupportedOperationException: not on a Saturday at ");
  }

  @Test
  public void whatDoesNotConformIsRefusedWithNumbers() throws IOException {
    refused(
        "lying.jar",
        "test.lying 1.0.0, ansatz \"lying\", doesn't pass the conformance kit",
        "(1 layer on 1 wire) says 1x1x3 = 3 angles, but append reads 2 of them; never read: 2");
    refused("endless.jar", "ansatz \"endless\", takes too long", "didn't return within 600 ms");
    services.await(
        "end of the thread that appends for ever",
        () ->
            Thread.getAllStackTraces().values().stream()
                    .flatMap(Arrays::stream)
                    .anyMatch(f -> f.getClassName().endsWith("EndlessAnsatz"))
                ? null
                : true);
    refused("unchecked.jar", "option \"repeats\" = -1 is accepted");
    refused("engine.jar", "the gradient of weight 0", "but finite differences give");
  }

  @Test
  public void aKindThatAPluginBringsIsKnownCheckedAndFound() throws IOException {
    Deployment deployment = folder.deployer().add(folder.jars.resolve("blur.jar"));
    assertEquals(List.of("blur gaussian", "kind blur"), deployment.plugins().get(0).parts());
    PartKind blur =
        folder.registry().kinds().stream()
            .filter(k -> k.name().equals("blur"))
            .findFirst()
            .orElseThrow();
    RegisteredPart part = folder.registry().find(blur, "gaussian", "").orElseThrow();
    assertEquals("errors", part.options().get(0).name());
    List<RegisteredPart> all = folder.registry().parts();
    assertEquals(part, all.get(all.size() - 1));
    folder.deployer().remove("blur");
    folder.awaitRetired();
    assertEquals(List.of(), folder.registry().parts(blur));

    refused(
        "overdone.jar",
        "test.overdone 1.0.0, blur \"overdone\", doesn't pass the conformance kit: kind:"
            + " probability() gave 2.0, expected 0 to 1");
    refused(
        "kindless.jar",
        "part \"gaussian\": no kind of parts has the service type"
            + " org.ketloom.itests.plugin.Blur; install the bundle that brings this kind");
  }

  private void refused(String jar, String... words) throws IOException {
    folder.drop(Jars.wave("1.0.0"));
    folder.awaitCurrent("test.wave 1.0.0");
    folder.drop(jar);
    String why = folder.awaitRefusal(jar);
    for (String word : words) {
      assertTrue("no \"" + word + "\" in: " + why, why.contains(word));
    }
    assertEquals(List.of("test.wave 1.0.0"), folder.current());
    folder.awaitRetired();
    assertEquals(List.of(), folder.registry().refused());
    assertTrue(folder.why(jar), folder.why(jar).contains(words[0]));
    // It is not tried again before it changes, and the same content is refused for the same reason.
    folder.delete(jar);
    services.await("end of " + jar, () -> folder.refusal(jar) == null ? true : null);
    folder.drop(jar);
    assertEquals(why, folder.awaitRefusal(jar));
    folder.delete(jar);
    services.await("end of " + jar, () -> folder.refusal(jar) == null ? true : null);
  }

  @Test
  public void whatWaitsForAServiceIsTakenWhenThatComes() throws Exception {
    folder.drop("waiting.jar");
    String why = folder.awaitRefusal("waiting.jar");
    assertTrue(
        why,
        why.contains(
            "component org.ketloom.itests.plugin.WaitingAnsatz waits for a service"
                + " java.util.concurrent.Callable with (color=blue), which no bundle registers"));
    Callable<String> source = () -> "";
    registrations.add(
        services
            .context()
            .registerService(Callable.class, source, new Hashtable<>(Map.of("color", "blue"))));
    // Any other plugin that comes is an occasion to try it again.
    folder.drop(Jars.wave("1.0.0"));
    folder.awaitCurrent("test.wave 1.0.0", "test.waiting 1.0.0");
  }

  // ---- interruptions

  /** What a step of the deployer throws when the test pretends that the process ends there. */
  private static final class Cut extends Error {
    private static final long serialVersionUID = 1;

    Cut() {
      super("the process ends here");
    }
  }

  @Test
  public void anInterruptionAfterAnyStepLeavesOldOrNew() throws Exception {
    List<String> steps =
        List.of(
            "installed",
            "resolved",
            "started",
            "checked",
            "kept",
            "recorded",
            "switched",
            "admitted",
            "retired");
    for (String at : steps) {
      folder.empty();
      List<String> seen = new CopyOnWriteArrayList<>();
      AtomicBoolean armed = new AtomicBoolean();
      Consumer<String> cutter =
          step -> {
            if (armed.get()) {
              seen.add(step);
              if (step.startsWith(at)) {
                throw new Cut();
              }
            }
          };
      ServiceRegistration<?> registration =
          services
              .context()
              .registerService(
                  Consumer.class, cutter, new Hashtable<>(Map.of("ketloom.deploy", "steps")));
      try {
        // The deployer takes it when it begins.
        folder.restart();
        folder.drop(Jars.wave("1.0.0"), "wave.jar");
        folder.awaitCurrent("test.wave 1.0.0");
        folder.awaitRetired();
        armed.set(true);
        folder.drop(Jars.wave("1.1.0"), "wave.jar");
        services.await(
            "step " + at, () -> seen.stream().anyMatch(s -> s.startsWith(at)) ? true : null);
      } finally {
        armed.set(false);
      }
      List<Deployment> before = folder.deployer().deployments();
      boolean switched = steps.indexOf(at) >= steps.indexOf("switched");
      assertEquals(
          at,
          "[test.wave " + (switched ? "1.1.0" : "1.0.0") + "]",
          before.get(before.size() - 1).plugins().toString());
      registration.unregister();
      folder.restart();
      // The file is still there: what was cut off is done now.
      folder.awaitCurrent("test.wave 1.1.0");
      folder.awaitRetired();
      assertEquals(at, List.of("1.1.0"), folder.ansaetze("wave"));
    }
  }

  @Test
  public void aRestartBringsTheSamePlugins() throws Exception {
    folder.drop(Jars.wave("1.0.0"));
    folder.drop("text.jar");
    folder.awaitCurrent("test.wave 1.0.0");
    folder.awaitRefusal("text.jar");
    int number = last().number();
    folder.restart();
    folder.awaitCurrent("test.wave 1.0.0");
    assertNotNull(folder.awaitRefusal("text.jar"));
    assertEquals(number, last().number());
  }

  private Deployment last() {
    List<Deployment> all = folder.deployer().deployments();
    return all.get(all.size() - 1);
  }

  /** Another container with the same folder writes its deployments into the same store. */
  @Test
  public void whatAnotherContainerDeploysIsTakenOver() throws Exception {
    Deployer deployer = folder.deployer();
    int first = deployer.add(folder.jars.resolve(Jars.wave("1.0.0"))).number();
    int second = deployer.add(folder.jars.resolve(Jars.wave("1.1.0"))).number();
    Path store = folder.path.resolve(".deployments");
    // A rollback: the plugins of the first, and the files that there are.
    String old = Files.readString(store.resolve(String.format("%08d.json", first)));
    String now = Files.readString(store.resolve(String.format("%08d.json", second)));
    Files.writeString(
        store.resolve(String.format("%08d.json", second + 1)),
        old.substring(0, old.indexOf("\"files\"")) + now.substring(now.indexOf("\"files\"")));
    Path next = Files.writeString(store.resolve("next"), second + 1 + "\n");
    Files.move(next, store.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
    folder.awaitCurrent("test.wave 1.0.0");
    folder.awaitRetired();
  }

  @Test
  public void everyPartOfTheFeaturesConforms() {
    Conformance conformance =
        new Conformance(folder.registry().engine().orElseThrow().prototype(QuantumEngine.class));
    for (PartKind kind : List.of(Encoding.KIND, Ansatz.KIND, ObservableHead.KIND)) {
      List<RegisteredPart> parts = folder.registry().parts(kind);
      assertTrue(kind + ": " + parts, parts.size() >= 2);
      parts.forEach(p -> conformance.require(p.prototype()));
    }
    assertEquals(List.of(), conformance.checkEngine());
  }
}
