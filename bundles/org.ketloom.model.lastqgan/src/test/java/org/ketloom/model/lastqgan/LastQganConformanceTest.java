package org.ketloom.model.lastqgan;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.model.TensorCache;
import org.ketloom.tck.Conformance;

/** Both phases of the training. */
class LastQganConformanceTest {
  @Test
  void conforms() {
    new Conformance(Fixtures.ENGINE)
        .requireModel(
            new LastQganFactory(Fixtures.options(Map.of())),
            Fixtures.context(Fixtures.GREY, 11, TensorCache.NONE).withSteps(12));
  }
}
