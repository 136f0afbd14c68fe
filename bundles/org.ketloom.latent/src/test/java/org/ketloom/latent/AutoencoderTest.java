package org.ketloom.latent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.part.Options;
import org.ketloom.nn.Parameter;
import org.ketloom.nn.ParameterStore;
import org.nd4j.linalg.api.buffer.DataType;

class AutoencoderTest {
  private static final ImageShape MNIST = new ImageShape(1, 28, 28);

  @Test
  void theEncoderHasThePublishedNumberOfParameters() {
    try (ParameterStore store = new ParameterStore(DataType.DOUBLE, 3);
        ParameterStore statistics = new ParameterStore(DataType.DOUBLE, 3)) {
      new Autoencoder(store, statistics, Options.defaults(AutoencoderOptions.class), MNIST);
      assertEquals(
          6_578_644,
          store.parameters().stream()
              .filter(p -> p.name().startsWith("encoder"))
              .mapToLong(Parameter::length)
              .sum());
    }
  }
}
