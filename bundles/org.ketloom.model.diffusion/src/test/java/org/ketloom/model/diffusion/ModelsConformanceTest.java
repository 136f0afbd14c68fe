package org.ketloom.model.diffusion;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Options;
import org.ketloom.encoding.amplitude.AmplitudeEncoding;
import org.ketloom.encoding.angle.AngleEncoding;
import org.ketloom.encoding.reuploading.ReuploadingEncoding;
import org.ketloom.observable.adaptive.AdaptiveHead;
import org.ketloom.tck.Conformance;
import org.ketloom.tck.TestContext;

class ModelsConformanceTest {
  private static final QuantumEngine ENGINE = TestEngine.of(1);
  private static final Conformance CONFORMANCE = new Conformance(ENGINE);

  static List<Encoding> encodingsOfTheUNet() {
    return List.of(new AngleEncoding(), new ReuploadingEncoding());
  }

  static List<Encoding> encodingsOfThePublishedNetwork() {
    return List.of(new AmplitudeEncoding(), new ReuploadingEncoding());
  }

  @ParameterizedTest
  @MethodSource("encodingsOfTheUNet")
  void theUNetConforms(Encoding encoding) {
    HybridUNet options =
        Options.with(
            Options.defaults(HybridUNet.class),
            "hybrid-unet",
            Map.of(
                "channels",
                List.of(8, 8),
                "embedding",
                16,
                "wires",
                3,
                "layers",
                1,
                "timesteps",
                20));
    CONFORMANCE.requireModel(
        new HybridUNetFactory(options),
        TestContext.of(new ImageShape(1, 8, 8), ENGINE)
            .withClasses(2)
            .withSteps(6)
            .withParts(
                Map.of(
                    "encoding",
                    encoding,
                    "ansatz",
                    new TwoQubitAnsatz(),
                    "observable",
                    new AdaptiveHead(2, AdaptiveHead.Windows.WRAP, 1))));
  }

  @ParameterizedTest
  @MethodSource("encodingsOfThePublishedNetwork")
  void thePublishedNetworkConforms(Encoding encoding) {
    Jo2026 options =
        Options.with(
            Options.defaults(Jo2026.class),
            "jo2026",
            Map.of("wires", 2, "reps", 1, "timesteps", 3));
    CONFORMANCE.requireModel(
        new Jo2026Factory(options),
        TestContext.of(new ImageShape(1, 6, 6), ENGINE)
            .withClasses(2)
            .withSteps(6)
            .withParts(
                Map.of(
                    "encoding",
                    encoding,
                    "ansatz",
                    new TwoQubitAnsatz(),
                    "observable",
                    new AdaptiveHead(2, AdaptiveHead.Windows.SLIDING, 3))));
  }
}
