package org.ketloom.itests.composition;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.part.Part;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.support.Services;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.Readiness;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/** All features but the shell: models are composed from services, and learn. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ModelIT {
  /** Small enough for a step to take some milliseconds. */
  private static final List<String> TINY =
      List.of(
          "data.options.size=8",
          "data.options.count=64",
          "training.batchSize=16",
          "model.options.channels=6,8",
          "model.options.embedding=8",
          "model.options.wires=3",
          "model.options.layers=1",
          "model.options.timesteps=20",
          "model.options.warmUp=0",
          "model.options.learningRate=0.01");

  private final Services services = new Services(ModelIT.class);

  @Configuration
  public static Option[] container() {
    return CoreOptions.options(
        Container.base(),
        Container.features(
            "core", "numerics", "encodings", "ansaetze", "observables", "noise", "models"));
  }

  @Test
  public void everyDataSetAndModelIsThere() {
    blueprint(List.of());
    assertEquals(
        List.of("digits", "fashion-mnist", "idx", "images", "mnist", "sat4"),
        services.property(DatasetProvider.class, Part.NAME));
    assertEquals(
        List.of("hybrid-unet", "jo2026", "last-qgan", "latent-flow"),
        services.property(GenerativeModelFactory.class, Part.NAME));
    assertEquals("all bundles run, and all components are satisfied", services.diagnosis());
  }

  @Test
  public void theLossFalls() throws IOException {
    double[] losses = train(blueprint(List.of()), 48);
    double first = Arrays.stream(losses, 0, 8).average().orElseThrow();
    double last = Arrays.stream(losses, losses.length - 8, losses.length).average().orElseThrow();
    assertTrue("mean loss of 8 steps: " + first + ", then " + last, last < 0.8 * first);
  }

  /** Each part leaves its mark on the circuit, and the model learns with it. */
  @Test
  public void everyPartFillsItsSlot() throws IOException {
    compare("encoding", Variants.ENCODINGS.keySet());
    compare("ansatz", Variants.ANSAETZE.keySet());
    compare("observable", Variants.HEADS.keySet());
  }

  private void compare(String slot, Set<String> parts) throws IOException {
    Map<String, String> byCircuit = new HashMap<>();
    for (String part : new TreeSet<>(parts)) {
      Blueprint blueprint = blueprint(List.of("parts." + slot + "=" + part));
      try (GenerativeModel<?> model = services.await(Composer.class).compose(blueprint).model()) {
        assertFalse(part + ": no circuit", model.circuits().isEmpty());
        assertTrue(
            part + ": " + model.parameters(), model.parameters().getOrDefault("circuit", 0L) > 0);
        String circuit =
            model.circuits().values().stream().map(Circuit::fingerprint).toList().toString();
        String same = byCircuit.put(circuit, part);
        assertNull(part + " gives the circuit of " + same, same);
      }
      train(blueprint, 1);
    }
  }

  /** A noise model leaves its mark on the circuit, and the engine that can run it trains it. */
  @Test
  public void noiseIsTrainedWith() throws IOException {
    double[] clean = train(blueprint(List.of("parts.observable=pauli")), 2);
    for (String noise : List.of("uniform", "device", "readout")) {
      List<String> changes =
          new ArrayList<>(List.of("parts.observable=pauli", "parts.noise=" + noise));
      if (noise.equals("device")) {
        changes.add("parts.noise.options.otherPairs=mean");
      }
      Blueprint blueprint = blueprint(changes);
      Composition composition = services.await(Composer.class).compose(blueprint);
      try (GenerativeModel<?> model = composition.model()) {
        assertFalse(noise, model.circuits().get("bottleneck").isPure());
        assertEquals(
            noise,
            "org.ketloom.engine.densitymatrix",
            composition.identities().get("engine").bundle());
      }
      assertNotEquals(noise, Arrays.toString(clean), Arrays.toString(train(blueprint, 2)));
    }
  }

  /** Products of features and weights between channels, and between trajectories' segments. */
  @Test
  public void noiseGoesWithAnEncodingThatReUploads() throws IOException {
    for (String engine : List.of("density-matrix", "trajectories")) {
      Blueprint blueprint =
          blueprint(
              List.of(
                  "parts.encoding=reuploading",
                  "parts.observable=pauli",
                  "parts.noise=uniform",
                  "engine=" + engine));
      Composition composition = services.await(Composer.class).compose(blueprint);
      try (GenerativeModel<?> model = composition.model()) {
        Circuit circuit = model.circuits().get("bottleneck");
        assertFalse(engine, circuit.isPure());
        assertTrue(engine + ": " + circuit, products(circuit) > 0);
      }
      train(blueprint, 2);
    }
  }

  private static long products(Circuit circuit) {
    return circuit.operations().stream()
        .flatMap(o -> o.angles().stream())
        .filter(a -> a.factor().isPresent())
        .count();
  }

  /** The same Blueprint gives the same numbers, whatever was trained before in this JVM. */
  @Test
  public void trainingIsRepeatable() throws IOException {
    double[] once = train(blueprint(List.of()), 3);
    assertEquals(Arrays.toString(once), Arrays.toString(train(blueprint(List.of()), 3)));
  }

  private Blueprint blueprint(List<String> changes) {
    Blueprints blueprints = services.await(Blueprints.class);
    Composer composer = services.await(Composer.class);
    List<String> all = new ArrayList<>(changes);
    all.addAll(TINY);
    var draft = blueprints.set(blueprints.ofModel("hybrid-unet"), all);
    services.await(
        "state READY of " + draft.json(),
        () -> composer.state(draft).state() == Readiness.State.READY ? true : null);
    return blueprints.complete(draft);
  }

  private double[] train(Blueprint blueprint, int steps) throws IOException {
    Composer composer = services.await(Composer.class);
    Dataset data = composer.resolve(blueprint).open(DatasetProvider.Split.TRAIN);
    double[] losses = new double[steps];
    try (GenerativeModel<?> model = composer.compose(blueprint).model()) {
      int batchSize = blueprint.training().batchSize();
      int perEpoch = data.batchesPerEpoch(batchSize);
      for (int step = 0; step < steps; ) {
        int epoch = step / perEpoch;
        try (Dataset.Batches batches = data.batches(batchSize, blueprint.seed(), epoch, 0)) {
          while (batches.hasNext() && step < steps) {
            ImageBatch batch = batches.next();
            losses[step] = model.train(batch, step).loss();
            step++;
          }
        }
      }
    }
    assertTrue(
        blueprint.parts() + ": " + Arrays.toString(losses),
        Arrays.stream(losses).allMatch(loss -> Double.isFinite(loss) && loss > 0));
    return losses;
  }
}
