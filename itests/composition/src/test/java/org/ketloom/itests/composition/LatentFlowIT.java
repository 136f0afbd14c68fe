package org.ketloom.itests.composition;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
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

/** Latent flow, composed from services. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class LatentFlowIT {
  private static final List<String> TINY =
      List.of(
          "data.options.size=8",
          "data.options.count=64",
          "training.batchSize=16",
          "model.options.channels=4,6",
          "model.options.hidden=16",
          "model.options.autoencoderRate=0.03",
          "model.options.autoencoderSteps=4",
          "model.options.latent=4",
          "model.options.wires=3",
          "model.options.layers=2",
          "model.options.circuits=2");

  /** An epoch of the autoencoder, a step that measures its latents, and three of the field. */
  private static final int STEPS = 8;

  private final Services services = new Services(LatentFlowIT.class);

  @Configuration
  public static Option[] container() {
    return CoreOptions.options(
        Container.base(),
        Container.features(
            "core", "numerics", "encodings", "ansaetze", "observables", "noise", "models"));
  }

  /** A map for each of two uploads of three features, closed cluster states, X, Z and ZZ read. */
  @Test
  public void theDefaultsUploadBeforeEachLayer() throws IOException {
    Circuit circuit = train(blueprint(List.of()));
    assertEquals(Map.of("RY", 6, "H", 6, "CZ", 6, "RX", 6), circuit.gateCounts());
    assertEquals(6, circuit.features());
    assertEquals(9, circuit.outputs());
  }

  @Test
  public void otherPartsFillTheSlots() throws IOException {
    for (String change :
        List.of(
            "parts.encoding=angle",
            "parts.ansatz=two-qubit",
            "parts.ansatz=hardware-efficient",
            "parts.observable=adaptive")) {
      train(blueprint(List.of(change)));
    }
    Circuit once =
        train(blueprint(List.of("parts.encoding=amplitude", "model.options.inputs=shared")));
    assertEquals(8, once.features());
  }

  @Test
  public void noiseIsTrainedWith() throws IOException {
    for (String noise : List.of("uniform", "readout")) {
      assertFalse(train(blueprint(List.of("parts.noise=" + noise))).isPure());
    }
  }

  private Blueprint blueprint(List<String> changes) {
    Blueprints blueprints = services.await(Blueprints.class);
    Composer composer = services.await(Composer.class);
    List<String> all = new ArrayList<>(TINY);
    all.addAll(changes);
    var draft = blueprints.set(blueprints.ofModel("latent-flow"), all);
    services.await(
        "state READY of " + draft.json(),
        () -> composer.state(draft).state() == Readiness.State.READY ? true : null);
    return blueprints.complete(draft);
  }

  /** Trains some steps of each phase, and gives the field's circuit. */
  private Circuit train(Blueprint blueprint) throws IOException {
    Composer composer = services.await(Composer.class);
    ResolvedBlueprint resolved = composer.resolve(blueprint);
    Dataset data = resolved.open(DatasetProvider.Split.TRAIN);
    // Without the data's fingerprint no cache of this machine is looked at.
    try (GenerativeModel<?> model =
        resolved.compose(data.shape(), data.classes().size(), STEPS, Optional.empty()).model()) {
      int perEpoch = data.batchesPerEpoch(16);
      for (int step = 0; step < STEPS; ) {
        try (Dataset.Batches batches = data.batches(16, blueprint.seed(), step / perEpoch, 0)) {
          while (batches.hasNext() && step < STEPS) {
            ImageBatch batch = batches.next();
            Map<String, Double> quantities = model.train(batch, step).byName();
            assertTrue(
                blueprint.parts() + ", step " + step + ": " + quantities,
                quantities.values().stream().allMatch(Double::isFinite)
                    && quantities.get("gradient") > 0 == step >= 5);
            step++;
          }
        }
      }
      assertEquals(4, four(model).size());
      return model.circuits().get("field");
    }
  }

  private static <S extends Record> ImageBatch four(GenerativeModel<S> model) {
    return model.sample(new int[4], 1, model.samplingOptions(), (done, total) -> true);
  }
}
