package org.ketloom.itests.composition;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.support.Services;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/** LaSt-QGAN, composed from services; circuits change places by Blueprint alone. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class LastQganIT {
  private static final List<String> TINY =
      List.of(
          "data.options.size=8",
          "data.options.count=64",
          "training.batchSize=16",
          "model.options.channels=4,6",
          "model.options.hidden=16",
          "model.options.autoencoderRate=0.03",
          "model.options.autoencoderSteps=8",
          "model.options.latent=6",
          "model.options.wires=3",
          "model.options.layers=2",
          "model.options.noise=3");

  /** Two epochs of four steps of the autoencoder, and then four of the GAN. */
  private static final int STEPS = 12;

  private final Services services = new Services(LastQganIT.class);

  @Configuration
  public static Option[] container() {
    return CoreOptions.options(
        Container.base(),
        Container.features("core", "numerics", "encodings", "ansaetze", "observables", "models"));
  }

  @Test
  public void circuitAIsSwappedForBByBlueprintAlone() throws IOException {
    Circuit ring = train(blueprint(List.of()), 36);
    Circuit line = train(blueprint(List.of("parts.ansatz=cnot-line")), 12);
    assertEquals(Map.of("RY", 12, "RZ", 12, "CRY", 6, "CRZ", 6), ring.gateCounts());
    assertEquals(Map.of("RY", 6, "RZ", 6, "CNOT", 4), line.gateCounts());
    assertNotEquals(ring.fingerprint(), line.fingerprint());
  }

  /** Any other ansatz or head that gives the latents does as well. */
  @Test
  public void otherPartsFillTheSlots() throws IOException {
    train(blueprint(List.of("parts.ansatz=style")), 12 + 3 + 2);
    train(blueprint(List.of("parts.ansatz=two-qubit")), null);
    Circuit adaptive =
        train(
            blueprint(
                List.of(
                    "parts.observable=adaptive",
                    "parts.observable.options.locality=2",
                    "parts.observable.options.copies=2")),
            36);
    assertEquals(6 * 16, adaptive.hermitianEntries());
  }

  private Blueprint blueprint(List<String> changes) {
    Blueprints blueprints = services.await(Blueprints.class);
    Composer composer = services.await(Composer.class);
    List<String> all = new ArrayList<>(TINY);
    all.addAll(changes);
    var draft = blueprints.set(blueprints.ofModel("last-qgan"), all);
    services.await(
        "state READY of " + draft.json(),
        () -> composer.state(draft).state() == Readiness.State.READY ? true : null);
    return blueprints.complete(draft);
  }

  /** Trains some steps of each phase, and gives the generator's circuit. */
  private Circuit train(Blueprint blueprint, Integer angles) throws IOException {
    Composer composer = services.await(Composer.class);
    ResolvedBlueprint resolved = composer.resolve(blueprint);
    Dataset data = resolved.open(DatasetProvider.Split.TRAIN);
    // Without the data's fingerprint no cache of this machine is looked at.
    try (GenerativeModel<?> model =
        resolved.compose(data.shape(), data.classes().size(), 40, Optional.empty()).model()) {
      Circuit circuit = model.circuits().get("generator");
      assertEquals(6, circuit.outputs());
      if (angles != null) {
        assertEquals(angles.intValue(), circuit.sampleAngles());
        assertEquals(Long.valueOf(4L * angles), model.parameters().get("circuit"));
      }
      int perEpoch = data.batchesPerEpoch(16);
      for (int step = 0; step < STEPS; ) {
        try (Dataset.Batches batches = data.batches(16, blueprint.seed(), step / perEpoch, 0)) {
          while (batches.hasNext() && step < STEPS) {
            ImageBatch batch = batches.next();
            Map<String, Double> quantities = model.train(batch, step).byName();
            assertTrue(
                blueprint.parts() + ", step " + step + ": " + quantities,
                quantities.values().stream().allMatch(Double::isFinite)
                    && quantities.get("generator.gradient") > 0 == step >= 8);
            step++;
          }
        }
      }
      ImageBatch drawn = four(model);
      assertEquals(4, drawn.size());
      return circuit;
    }
  }

  private static <S extends Record> ImageBatch four(GenerativeModel<S> model) {
    return model.sample(new int[4], 1, model.samplingOptions(), (done, total) -> true);
  }
}
