package org.ketloom.model.lastqgan;

import java.lang.annotation.Annotation;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ketloom.ansatz.controlledring.ControlledRingAnsatz;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.model.TensorCache;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.engine.statevector.StateVectorEngine;
import org.ketloom.nn.RandomStreams;
import org.ketloom.observable.pauli.PauliHead;
import org.ketloom.tck.TestContext;

/** A model that is small enough for a step to take some milliseconds, and images for it. */
final class Fixtures {
  static final ImageShape GREY = new ImageShape(1, 8, 8);
  static final int BATCH = 16;

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
          LastQgan.ANSATZ,
          new ControlledRingAnsatz(),
          LastQgan.OBSERVABLE,
          new PauliHead(List.of("X", "Z")));

  private Fixtures() {}

  /** A cache in memory. */
  static final class MemoryCache implements TensorCache {
    final Map<String, Map<String, Tensor>> kept = new HashMap<>();
    int found;

    @Override
    public Optional<Map<String, Tensor>> get(String kind, String fingerprint) {
      Optional<Map<String, Tensor>> tensors =
          Optional.ofNullable(kept.get(kind + "/" + fingerprint));
      found += tensors.isPresent() ? 1 : 0;
      return tensors;
    }

    @Override
    public void put(String kind, String fingerprint, Map<String, Tensor> tensors) {
      kept.put(kind + "/" + fingerprint, tensors);
    }

    @Override
    public List<String> fingerprints(String kind) {
      return kept.keySet().stream()
          .filter(key -> key.startsWith(kind + "/"))
          .map(key -> key.substring(kind.length() + 1))
          .sorted()
          .toList();
    }

    /** The only fingerprint. */
    String fingerprint() {
      return kept.keySet().iterator().next().split("/")[1];
    }
  }

  static LastQgan options(Map<String, ?> changes) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("latent", 4);
    all.put("wires", 2);
    all.put("layers", 2);
    all.put("noise", 3);
    all.put("channels", List.of(4, 6));
    all.put("hidden", 8);
    all.put("autoencoderSteps", 6);
    all.put("criticWidths", List.of(8, 5));
    all.put("autoencoderRate", 0.03);
    all.putAll(changes);
    return Options.with(Options.defaults(LastQgan.class), "last-qgan", all);
  }

  static TestContext context(ImageShape shape, long seed, TensorCache cache) {
    return TestContext.of(shape, ENGINE)
        .withClasses(2)
        .withSteps(40)
        .withSeed(seed)
        .withParts(PARTS)
        .withData("ab".repeat(32))
        .withCache(cache);
  }

  static LastQganModel model(Map<String, ?> changes) {
    return (LastQganModel)
        new LastQganFactory(options(changes)).create(context(GREY, 11, TensorCache.NONE));
  }

  /** Images of bars at random places. */
  static ImageBatch bars(ImageShape shape, long step) {
    float[] pixels = new float[BATCH * shape.size()];
    int[] labels = new int[BATCH];
    for (int i = 0; i < BATCH; i++) {
      SplitMix64 random = RandomStreams.of(5, "bars", step, i);
      labels[i] = random.nextInt(2);
      int at = random.nextInt(shape.height());
      double bright = random.nextDouble();
      for (int p = 0; p < shape.size(); p++) {
        int row = p / shape.channels() / shape.width();
        int column = p / shape.channels() % shape.width();
        boolean on = (labels[i] == 0 ? row : column) == at;
        pixels[i * shape.size() + p] = (float) (on ? bright : -1);
      }
    }
    return new ImageBatch(shape, pixels, labels);
  }
}
