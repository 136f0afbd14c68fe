package org.ketloom.model.latentflow;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ketloom.tck.Conformance;

/** All phases of the training, with every kind of field. */
class LatentFlowConformanceTest {
  static List<Map<String, Object>> variants() {
    return List.of(
        Map.of(),
        Map.of("inputs", "shared", "standardise", "each", "precondition", false),
        Map.of("process", "diffusion", "circuits", 2),
        Map.of("field", "mlp"),
        Map.of("field", "fourier"));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void conforms(Map<String, Object> changes) {
    new Conformance(Fixtures.ENGINE)
        .requireModel(new LatentFlowFactory(Fixtures.options(changes)), Fixtures.context());
  }
}
