package org.ketloom.model.latentflow;

import java.lang.annotation.Annotation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.ansatz.clusterstate.ClusterStateAnsatz;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.encoding.reuploading.ReuploadingEncoding;
import org.ketloom.engine.statevector.StateVectorEngine;
import org.ketloom.nn.RandomStreams;
import org.ketloom.observable.pauli.PauliHead;
import org.ketloom.tck.TestContext;

/** A model that is small enough for a step to take some milliseconds, and images for it. */
final class Fixtures {
  static final ImageShape GREY = new ImageShape(1, 8, 8);
  static final int BATCH = 16;
  static final int STEPS = 12;

  /** Steps before the field is trained: of the autoencoder, and one of measuring its latents. */
  static final int BEFORE = 6;

  static final QuantumEngine ENGINE =
      new StateVectorEngine(
          new StateVectorEngine.Config() {
            @Override
            public int threads() {
              return 1;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
              return StateVectorEngine.Config.class;
            }
          });

  static final Map<String, Part> PARTS =
      Map.of(
          LatentFlow.ENCODING,
          new ReuploadingEncoding(),
          LatentFlow.ANSATZ,
          new ClusterStateAnsatz(),
          LatentFlow.OBSERVABLE,
          new PauliHead(List.of("X", "Z")));

  private Fixtures() {}

  static LatentFlow options(Map<String, ?> changes) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("latent", 3);
    all.put("wires", 2);
    all.put("layers", 2);
    all.put("circuits", 1);
    all.put("channels", List.of(4, 6));
    all.put("hidden", 8);
    all.put("autoencoderSteps", BEFORE - 1);
    all.put("autoencoderRate", 0.03);
    all.put("timeFeatures", 2);
    all.put("timesteps", 20);
    all.putAll(changes);
    return Options.with(Options.defaults(LatentFlow.class), "latent-flow", all);
  }

  static TestContext context() {
    return TestContext.of(GREY, ENGINE)
        .withClasses(2)
        .withSteps(STEPS)
        .withSeed(11)
        .withParts(PARTS)
        .withData("ab".repeat(32));
  }

  static LatentFlowModel model(Map<String, ?> changes, TestContext context) {
    return (LatentFlowModel) new LatentFlowFactory(options(changes)).create(context);
  }

  /** Bars at random places, across in class 0 and upright in class 1. */
  static ImageBatch bars(long step) {
    float[] pixels = new float[BATCH * GREY.size()];
    int[] labels = new int[BATCH];
    for (int i = 0; i < BATCH; i++) {
      SplitMix64 random = RandomStreams.of(5, "bars", step, i);
      labels[i] = random.nextInt(2);
      int at = random.nextInt(GREY.height());
      double bright = random.nextDouble();
      for (int p = 0; p < GREY.size(); p++) {
        boolean on = (labels[i] == 0 ? p / GREY.width() : p % GREY.width()) == at;
        pixels[i * GREY.size() + p] = (float) (on ? bright : -1);
      }
    }
    return new ImageBatch(GREY, pixels, labels);
  }
}
