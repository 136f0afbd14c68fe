package org.ketloom.itests.swap;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.error.HasRemedies;
import org.ketloom.api.error.Remedy;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.ketloom.itests.support.Services;
import org.ketloom.itests.swap.Lab.Script;
import org.ketloom.runtime.deploy.Deployer;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ketloom.runtime.parts.Leases;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ketloom.runtime.run.Resumption;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunInfo;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.RunSettings.Policy;
import org.ketloom.runtime.run.Swap;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.Version;
import org.osgi.framework.wiring.BundleWiring;

/** Plugins are replaced and uninstalled while runs that were composed from them continue. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SwapIT {
  // As in the plugins, whose classes aren't these.
  private static final String RELEASE = "ketloom.itests.release";

  private final Services services = new Services(SwapIT.class);
  private Lab lab;
  private Deployer deployer;

  @Configuration
  public static Option[] container() throws IOException {
    return new Option[] {
      Jars.container(),
      CoreOptions.systemProperty("ketloom.plugins")
          .value(Files.createTempDirectory("plugins").toString())
    };
  }

  @Before
  public void installPlugins() throws Exception {
    lab = new Lab(services);
    deployer = services.await(Deployer.class);
    deployer.rollback(0);
    services.await("end of what was deployed", () -> deployer.plugins().isEmpty() ? true : null);
    lab.debounce(50);
    lab.only("tiny-1.0.0", "wave-1.0.0");
  }

  private Bundle bundle(String name, String version) {
    return lab.plugins().stream()
        .filter(b -> b.getSymbolicName().equals(name))
        .filter(b -> b.getVersion().toString().equals(version))
        .findFirst()
        .orElseThrow();
  }

  private static void assertSameRun(Path expected, Path found) throws IOException {
    assertArrayEquals(Lab.weights(expected), Lab.weights(found));
    for (String file : List.of("loss.csv", "manifest.json", "samples/epoch-0004.png")) {
      assertArrayEquals(
          file,
          Files.readAllBytes(expected.resolve(file)),
          Files.readAllBytes(found.resolve(file)));
    }
  }

  @Test
  public void aPinnedRunIsBitIdenticalWithASwapBesideIt() throws Exception {
    Path alone = lab.train("alone", Policy.PIN, new Script());
    Path beside =
        lab.train("beside", Policy.PIN, new Script().at(3, () -> lab.install("wave-1.1.0")));
    assertSameRun(alone, beside);
  }

  @Test
  public void aPinnedRunIsBitIdenticalWithAnUpdateOfItsPart() throws Exception {
    Path alone = lab.train("alone", Policy.PIN, new Script());
    Path beside =
        lab.train(
            "beside",
            Policy.PIN,
            new Script().at(3, () -> lab.update(bundle("test.wave", "1.0.0"), "wave-1.1.0")));
    assertSameRun(alone, beside);
  }

  @Test
  public void trainingGoesOnBesideAHostilePart() throws Exception {
    System.clearProperty(RELEASE);
    try {
      for (Policy policy : List.of(Policy.PIN, Policy.ADOPT)) {
        Path alone = lab.train("alone-" + policy, policy, new Script());
        Path beside =
            lab.train(
                "beside-" + policy,
                policy,
                new Script()
                    .at(2, () -> deployer.add(Jars.jar("hostile-1.0.0")))
                    .at(
                        4,
                        () ->
                            assertTrue(
                                services
                                    .await(PartRegistry.class)
                                    .find(Ansatz.KIND, "hostile", "")
                                    .isPresent()))
                    .at(6, () -> deployer.remove("test.hostile")));
        assertSameRun(alone, beside);
        System.setProperty(RELEASE, "yes");
        services.await("the end of test.hostile", () -> deployer.plugins().isEmpty() ? true : null);
        System.clearProperty(RELEASE);
      }
    } finally {
      System.setProperty(RELEASE, "yes");
    }
  }

  /**
   * Of all that it was composed from: the ansatz, the model, the encoding, the data, the engine.
   */
  @Test
  public void aPinnedRunIsBitIdenticalWithoutItsParts() throws Exception {
    Path alone = lab.train("alone", Policy.PIN, new Script());
    List<Bundle> stopped =
        List.of(
            services.bundle("org.ketloom.encoding.angle"),
            services.bundle("org.ketloom.observable.pauli"),
            services.bundle("org.ketloom.engine.statevector"));
    try {
      Path beside =
          lab.train(
              "beside",
              Policy.PIN,
              new Script()
                  .at(2, () -> lab.uninstall(bundle("test.wave", "1.0.0")))
                  .at(
                      3,
                      () -> {
                        for (Bundle bundle : stopped) {
                          bundle.stop();
                        }
                      })
                  // Before the first epoch has ended: drawing needs a class that was never used.
                  .at(3 + 1, () -> lab.uninstall(bundle("test.tiny", "1.0.0"))));
      assertSameRun(alone, beside);
    } finally {
      for (Bundle bundle : stopped) {
        bundle.start();
      }
    }
  }

  /** The trap is there, and the run doesn't step into it. */
  @Test
  public void aClassThatIsLoadedLateIsNeverNeeded() throws Exception {
    lab.only("tiny-1.0.0", "wave-1.0.1");
    Path alone = lab.train("alone", Policy.PIN, new Script());
    lab.only("tiny-1.0.0", "wave-1.0.1");
    List<Ansatz> kept = new ArrayList<>();
    Path beside =
        lab.train(
            "beside",
            Policy.PIN,
            new Script()
                .at(
                    3,
                    () -> {
                      kept.add(services.await(Ansatz.class, "(" + Part.NAME + "=wave)"));
                      lab.uninstall(bundle("test.wave", "1.0.1"));
                    }));
    CircuitBuilder circuit = Circuit.builder(2);
    assertThrows(
        NoClassDefFoundError.class, () -> kept.get(0).append(circuit, 1, circuit.weights(1, 2)));
    assertSameRun(alone, beside);
  }

  @Test
  public void aRunAdoptsAPartOfEqualParameters() throws Exception {
    Script script = new Script().at(6, () -> lab.install("wave-1.1.0"));
    List<Double> last = new ArrayList<>();
    // Adopted after the registry has been at rest, hence slowly.
    Path at = lab.train("run", Policy.ADOPT, script.slow(20), "training.epochs=6");
    assertEquals(script.swaps.toString(), 1, script.swaps.size());
    Swap swap = script.swaps.get(0);
    assertEquals(Swap.Outcome.DONE, swap.outcome());
    assertEquals(0, swap.step() % 4);
    assertEquals("1.1.0", swap.to().get("parts.ansatz").version());
    last.addAll(script.losses.subList((int) swap.step(), script.losses.size()));
    assertTrue(last.stream().allMatch(Double::isFinite));
    RunInfo info = lab.runs().info(at);
    assertEquals(Run.State.FINISHED, info.state());
    assertEquals("1.1.0", info.identities().get("parts.ansatz").version());
  }

  @Test
  public void aNoiseModelIsAdopted() throws Exception {
    lab.install("dim-1.0.0");
    String[] noisy = {"parts.noise=dim", "training.epochs=6"};
    Script alone = new Script();
    lab.train("alone", Policy.PIN, alone, noisy);
    Script script = new Script().at(6, () -> lab.install("dim-1.1.0"));
    Path at = lab.train("run", Policy.ADOPT, script.slow(20), noisy);
    assertEquals(script.swaps.toString(), 1, script.swaps.size());
    Swap swap = script.swaps.get(0);
    assertEquals(Swap.Outcome.DONE, swap.outcome());
    assertEquals("1.1.0", swap.to().get("parts.noise").version());
    assertEquals(
        "org.ketloom.engine.densitymatrix",
        lab.runs().info(at).identities().get("engine").bundle());
    int before = (int) swap.step();
    assertEquals(alone.losses.subList(0, before), script.losses.subList(0, before));
    assertNotEquals(
        alone.losses.subList(before, alone.losses.size()),
        script.losses.subList(before, script.losses.size()));
  }

  @Test
  public void aRunRefusesOtherParameters() throws Exception {
    refused("wave-1.2.0", Swap.Outcome.REFUSED, "its parameters differ: circuit is double[12]");
  }

  @Test
  public void aFailingProbeIsRolledBack() throws Exception {
    refused("wave-1.3.0", Swap.Outcome.QUARANTINED, "loss became NaN");
  }

  @Test
  public void whatBecomesNaNAfterAdoptingIsRolledBackAndQuarantined() throws Exception {
    refused(
        "wave-1.4.0", Swap.Outcome.QUARANTINED, "its first step failed: loss became NaN at step");
  }

  private void refused(String plugin, Swap.Outcome outcome, String reason) throws Exception {
    Path alone = lab.train("alone", Policy.PIN, new Script());
    Script script = new Script().at(3, () -> lab.install(plugin)).slow(20);
    Path at = lab.train("run", Policy.ADOPT, script);
    assertEquals(script.swaps.toString(), 1, script.swaps.size());
    assertEquals(outcome, script.swaps.get(0).outcome());
    assertTrue(script.swaps.get(0).reason(), script.swaps.get(0).reason().startsWith(reason));
    assertEquals(script.swaps, lab.runs().info(at).quarantine());
    assertArrayEquals(Lab.weights(alone), Lab.weights(at));
  }

  @Test
  public void twoVersionsSideBySideInTwoRuns() throws Exception {
    String[] old = {"parts.ansatz.version=[1,1.1)", "training.epochs=10"};
    String[] young = {"parts.ansatz.version=[1.1,2)", "training.epochs=10"};
    lab.install("wave-1.1.0");
    Path first = lab.train("first", Policy.PIN, new Script(), old);
    Path second = lab.train("second", Policy.PIN, new Script(), young);
    assertFalse(Arrays.equals(Lab.weights(first), Lab.weights(second)));
    CompletableFuture<Path> together =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return lab.train("first-together", Policy.PIN, new Script().slow(2), old);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    Path beside = lab.train("second-together", Policy.PIN, new Script().slow(2), young);
    assertArrayEquals(Lab.weights(second), Lab.weights(beside));
    assertArrayEquals(Lab.weights(first), Lab.weights(together.get()));
    assertEquals(
        "1.0.0", lab.runs().info(together.get()).identities().get("parts.ansatz").version());
  }

  @Test
  public void aFilterFindsAVersion() throws Exception {
    assertEquals(List.of("1.0.0"), versions("(ketloom.part.name=wave)"));
    lab.install("wave-1.1.0");
    assertEquals(List.of("1.0.0", "1.1.0"), versions("(ketloom.part.name=wave)"));
    assertEquals(
        List.of("1.0.0"),
        versions(
            "(&(ketloom.part.kind=ansatz)(ketloom.part.name=wave)"
                + "(ketloom.part.version>=1)(!(ketloom.part.version>=1.1)))"));
    RegisteredPart found =
        services.await(
            RegisteredPart.class, "(&(ketloom.part.name=wave)(ketloom.part.version>=1.1))");
    assertEquals(new Version(1, 1, 0), found.version());
    assertSame(
        found, services.await(PartRegistry.class).find(Ansatz.KIND, "wave", "1.1").orElseThrow());
    lab.uninstall(bundle("test.wave", "1.0.0"));
    assertEquals(List.of("1.1.0"), versions("(ketloom.part.name=wave)"));
  }

  private List<String> versions(String filter) throws InvalidSyntaxException {
    return services.context().getServiceReferences(RegisteredPart.class, filter).stream()
        .map(r -> r.getProperty(RegisteredPart.VERSION).toString())
        .sorted()
        .toList();
  }

  @Test
  public void aPinnedRunIsBitIdenticalWhileItsPartIsReplacedAndRemoved() throws Exception {
    lab.only("tiny-1.0.0");
    deployer.add(Jars.jar("wave-1.0.0"));
    WeakReference<ClassLoader> loader = loader("1.0.0");
    Path alone = lab.train("alone", Policy.PIN, new Script());
    Path beside =
        lab.train(
            "beside",
            Policy.PIN,
            new Script()
                .at(3, () -> deployer.add(Jars.jar("wave-1.1.0")))
                .at(
                    6,
                    () -> {
                      Thread.sleep(500);
                      assertEquals(List.of("1.0.0", "1.1.0"), versions("(ketloom.part.name=wave)"));
                    })
                .at(7, () -> deployer.remove("test.wave"))
                .at(
                    10,
                    () -> {
                      services.await(
                          "end of 1.1.0", () -> deployer.plugins().size() == 1 ? true : null);
                      PluginStatus held = deployer.plugins().get(0);
                      assertEquals("test.wave 1.0.0", held.name());
                      assertEquals(PluginStatus.State.RETIRING, held.state());
                      assertTrue(held.detail(), held.detail().contains("beside"));
                      assertEquals(Bundle.ACTIVE, bundle("test.wave", "1.0.0").getState());
                    }));
    assertSameRun(alone, beside);
    awaitRetirement("1.0.0", loader);
  }

  @Test
  public void aRunAdoptsWhatIsDeployedAndLetsGoOfWhatItHad() throws Exception {
    lab.only("tiny-1.0.0");
    deployer.add(Jars.jar("wave-1.0.0"));
    WeakReference<ClassLoader> loader = loader("1.0.0");
    List<String> live = new ArrayList<>();
    Script script = new Script().slow(20).at(6, () -> deployer.add(Jars.jar("wave-1.1.0")));
    script.at(
        22,
        () -> {
          awaitRetirement("1.0.0", loader);
          live.addAll(services.await(Leases.class).live());
        });
    Path at = lab.train("run", Policy.ADOPT, script, "training.epochs=6");
    assertEquals("it was retired while the run went on", 1, live.size());
    assertEquals(script.swaps.toString(), 1, script.swaps.size());
    Swap swap = script.swaps.get(0);
    assertEquals(swap.toString(), Swap.Outcome.DONE, swap.outcome());
    assertEquals("1.0.0", swap.from().get("parts.ansatz").version());
    assertEquals("1.1.0", swap.to().get("parts.ansatz").version());
    assertEquals("1.1.0", lab.runs().info(at).identities().get("parts.ansatz").version());
    assertEquals(24, script.losses.size());
    assertTrue(script.losses.stream().allMatch(Double::isFinite));
  }

  /** Its version was replaced while it was stopped, and is in the deployer's store. */
  @Test
  public void aPinnedRunHasItsVersionBackAndLetsGoOfIt() throws Exception {
    lab.only("tiny-1.0.0");
    deployer.add(Jars.jar("wave-1.0.0"));
    Path alone = lab.train("alone", Policy.PIN, new Script());
    Path at = stopped("run", 6);
    deployer.add(Jars.jar("wave-1.1.0"));
    WeakReference<ClassLoader> first = loader("1.0.0");
    awaitRetirement("1.0.0", first);
    List<String> during = new ArrayList<>();
    Script script =
        new Script()
            .at(
                9,
                () -> {
                  Thread.sleep(500);
                  during.addAll(versions("(ketloom.part.name=wave)"));
                  assertEquals(
                      new Version(1, 1, 0),
                      services
                          .await(PartRegistry.class)
                          .find(Ansatz.KIND, "wave", "")
                          .orElseThrow()
                          .version());
                });
    WeakReference<ClassLoader> restored;
    try (Run run = lab.runs().resume(at, script)) {
      restored = loader("1.0.0");
      run.train();
    }
    assertEquals(List.of("1.0.0", "1.1.0"), during);
    assertArrayEquals(Lab.weights(alone), Lab.weights(at));
    assertEquals(List.of(), lab.runs().info(at).swaps());
    awaitRetirement("1.0.0", restored);
    assertEquals("test.wave 1.1.0", deployer.plugins().get(0).name());
  }

  /** Its version is gone for good. */
  @Test
  public void aPinnedRunGoesOnWithAnotherCircuitIfItMay() throws Exception {
    // Of this one the store has no jar, whatever other tests deployed.
    lab.only("tiny-1.0.0", "wave-1.0.1");
    Path at = stopped("run", 6);
    lab.only("tiny-1.0.0", "wave-1.1.0");
    IllegalStateException refused =
        assertThrows(
            IllegalStateException.class, () -> lab.runs().resume(at, RunListener.NONE).close());
    assertTrue(
        refused.getMessage(),
        refused.getMessage().contains("trained with parts.ansatz of test.wave 1.0.1"));
    assertTrue(
        refused.getMessage(),
        refused.getMessage().contains("circuit \"tiny\" would be a different"));
    assertEquals(List.of(new Remedy.ResumeWithCurrentParts(at)), HasRemedies.of(refused));
    try (Run run =
        lab.runs().resume(at, new Resumption(Optional.empty(), true), RunListener.NONE)) {
      assertEquals(Run.State.FINISHED, run.train());
    }
    RunInfo info = lab.runs().info(at);
    assertEquals(Swap.Kind.RESUME, info.swaps().get(0).kind());
    assertEquals("1.1.0", info.identities().get("parts.ansatz").version());
  }

  private Path stopped(String name, long step) throws IOException {
    Path at = lab.folder.resolve(name);
    AtomicReference<Run> started = new AtomicReference<>();
    Script script = new Script().at(step, () -> started.get().stop());
    try (Run run =
        lab.runs().start(lab.blueprint(), at, new RunSettings(Policy.PIN, false), script)) {
      started.set(run);
      assertEquals(Run.State.STOPPED, run.train());
    }
    return at;
  }

  private WeakReference<ClassLoader> loader(String version) {
    return new WeakReference<>(
        bundle("test.wave", version).adapt(BundleWiring.class).getClassLoader());
  }

  /** Uninstalled, out of the registry, and its class loader collected. */
  private void awaitRetirement(String version, WeakReference<ClassLoader> loader)
      throws InvalidSyntaxException {
    services.await(
        "end of test.wave " + version,
        () ->
            lab.plugins().stream()
                    .anyMatch(
                        b ->
                            b.getVersion().toString().equals(version)
                                && b.getSymbolicName().equals("test.wave"))
                ? null
                : true);
    assertEquals(
        List.of(), versions("(&(ketloom.part.name=wave)(ketloom.part.version=" + version + "))"));
    awaitCollection(loader);
  }

  private void awaitCollection(WeakReference<ClassLoader> loader) {
    services.await(
        "collection of the class loader",
        () -> {
          System.gc();
          return loader.get() == null ? true : null;
        });
  }

  /**
   * Not even while the run continues does anything hold the class loader of a part that is gone.
   */
  @Test
  public void theClassLoaderOfAPartIsCollectedWhileTheRunGoesOn() throws Exception {
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    lab.train(
        "run",
        Policy.PIN,
        new Script()
            .at(
                3,
                () -> {
                  loaders.add(loader("1.0.0"));
                  assertEquals(1, services.await(Leases.class).live().size());
                  lab.uninstall(bundle("test.wave", "1.0.0"));
                })
            .at(5, () -> awaitCollection(loaders.get(0))));
    assertEquals(List.of(), services.await(Leases.class).live());
  }
}
