package org.ketloom.itests.composition;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Part;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.container.Plugin;
import org.ketloom.itests.plugin.TwiceEncoding;
import org.ketloom.itests.support.Services;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.blueprint.Readiness;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Parts that come and go while the container runs. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class LifeCycleIT {
  private static final String PLUGIN = "ketloom.itests.plugin";

  private final Services services = new Services(LifeCycleIT.class);
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private Blueprints blueprints;
  private Composer composer;

  @Configuration
  public static Option[] container() {
    return CoreOptions.options(
        Container.base(),
        Container.features("core", "numerics", "encodings", "ansaetze", "observables", "models"),
        CoreOptions.systemProperty(PLUGIN)
            .value(Plugin.jar("test.plugin", "*", TwiceEncoding.class).toUri().toString()));
  }

  @Before
  public void findServices() {
    blueprints = services.await(Blueprints.class);
    composer = services.await(Composer.class);
    awaitReady(blueprints.ofModel("hybrid-unet"));
  }

  @After
  public void startEverythingAgain() throws BundleException {
    for (String name :
        List.of(
            "ansatz.clusterstate",
            "encoding.angle",
            "engine.densitymatrix",
            "engine.statevector")) {
      services.bundle("org.ketloom." + name).start();
    }
  }

  @Test
  public void aBlueprintWaitsForAPartThatIsStopped() throws BundleException {
    Draft draft = draft("{'model': 'hybrid-unet', 'parts': {'ansatz': 'cluster-state'}}");
    Bundle bundle = services.bundle("org.ketloom.ansatz.clusterstate");
    Runnable end = composer.watch(draft, state -> seen.add(state.toString()));
    try {
      bundle.stop();
      Readiness waiting = composer.state(draft);
      assertEquals(Readiness.State.WAITING, waiting.state());
      assertEquals(1, waiting.missing().size());
      assertEquals("parts.ansatz", waiting.missing().get(0).path());
      assertEquals("cluster-state", waiting.missing().get(0).name());
      assertEquals(
          List.of(
              "cnot-line", "controlled-ring", "hardware-efficient", "sim", "style", "two-qubit"),
          waiting.missing().get(0).present());
      String message =
          assertThrows(IllegalStateException.class, () -> blueprints.complete(draft)).getMessage();
      assertTrue(message, message.contains("no ansatz \"cluster-state\" is registered"));

      bundle.start();
      awaitReady(draft);
      assertEquals(blueprints.complete(draft).parts().get("ansatz").name(), "cluster-state");
    } finally {
      end.run();
    }
    assertEquals(List.of("READY", waitingFor("cluster-state"), "READY"), seen);
  }

  @Test
  public void aBlueprintWaitsForAnEngine() throws BundleException {
    Draft draft = blueprints.ofModel("hybrid-unet");
    List<String> engines = List.of("engine.densitymatrix", "engine.statevector");
    for (String name : engines) {
      services.bundle("org.ketloom." + name).stop();
    }
    assertEquals("WAITING: no quantum engine is registered", composer.state(draft).toString());
    for (String name : engines) {
      services.bundle("org.ketloom." + name).start();
    }
    awaitReady(draft);
  }

  @Test
  public void aPluginIsTakenInAndLetGo() throws BundleException {
    Draft draft = draft("{'model': 'hybrid-unet', 'parts': {'encoding': 'twice'}}");
    assertEquals(Readiness.State.WAITING, composer.state(draft).state());
    Bundle plugin = services.context().installBundle(System.getProperty(PLUGIN));
    plugin.start();
    awaitReady(draft);
    plugin.uninstall();
    assertEquals(Readiness.State.WAITING, composer.state(draft).state());
  }

  @Test
  public void aVersionThatIsNotThereIsWaitedFor() {
    Draft draft =
        draft(
            "{'model': 'hybrid-unet',"
                + " 'parts': {'encoding': {'name': 'angle', 'version': '[7,8)'}}}");
    Readiness state = composer.state(draft);
    assertEquals(Readiness.State.WAITING, state.state());
    assertEquals("[7,8)", state.missing().get(0).versionRange());
  }

  /** A circuit is data of the API alone: it needs nothing of the bundles that described it. */
  @Test
  public void aCircuitOutlivesTheBundlesOfItsParts() throws BundleException {
    Bundle plugin = services.context().installBundle(System.getProperty(PLUGIN));
    plugin.start();
    CircuitBuilder builder = Circuit.builder(2);
    services
        .await(Encoding.class, "(" + Part.NAME + "=twice)")
        .append(builder, builder.features(2));
    services.await(ObservableHead.class, "(" + Part.NAME + "=pauli)").append(builder);
    Circuit circuit = builder.build();
    String fingerprint = circuit.fingerprint();
    plugin.uninstall();

    Program program = services.await(QuantumEngine.class).compile(circuit);
    double[] features = {0.3, 1.1};
    assertArrayEquals(
        new double[] {Math.cos(0.3), Math.cos(1.1)},
        program.values(Inputs.of(1, features, new double[0])),
        1e-14);
    assertEquals(fingerprint, circuit.fingerprint());
  }

  private Draft draft(String json) {
    return blueprints.parse(json.replace('\'', '"'), "test");
  }

  private void awaitReady(Draft draft) {
    services.await(
        "state READY of " + draft.json(),
        () -> composer.state(draft).state() == Readiness.State.READY ? true : null);
  }

  private String waitingFor(String ansatz) {
    return seen.stream()
        .filter(state -> state.startsWith("WAITING: parts.ansatz: no ansatz \"" + ansatz + "\""))
        .findFirst()
        .orElse("WAITING for " + ansatz);
  }
}
