package org.ketloom.engine.densitymatrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;

/** The worked noisy circuit of the reference folder, value for value. */
class GoldenFileTest {
  private static final double TOLERANCE = 1e-9;

  @Test
  void agrees() throws IOException {
    String folder = System.getProperty("ketloom.reference", System.getenv("KETLOOM_REFERENCE"));
    assumeTrue(
        folder != null,
        "set the property ketloom.reference or KETLOOM_REFERENCE to the folder of the worked"
            + " circuits");
    JsonNode golden = new ObjectMapper().readTree(Path.of(folder, "noise_n2.json").toFile());
    CircuitBuilder builder = Circuit.builder(golden.get("n").asInt());
    Angles x = builder.features(golden.get("x").get(0).size());
    Angles theta = builder.weights(golden.get("theta").size());
    for (JsonNode gate : golden.get("gates")) {
      String name = gate.get(0).asText();
      int[] on = ints(gate.get(1));
      Angle[] angles = angles(gate.path(2), x, theta);
      Optional<Channel.Kind> kind =
          Arrays.stream(Channel.Kind.values()).filter(k -> k.symbol().equals(name)).findFirst();
      if (name.equals("CNOT")) {
        builder.cnot(on[0], on[1]);
      } else if (kind.isPresent()) {
        builder.channel(kind.get(), on, angles);
      } else {
        builder.gate(Gate.valueOf(name), on, angles);
      }
    }
    golden.get("observables").forEach(o -> builder.expect(PauliTerm.parse(o.asText())));
    Inputs inputs =
        Inputs.of(golden.get("x").size(), doubles(golden.get("x")), doubles(golden.get("theta")));
    DensityMatrixEngine engine = new DensityMatrixEngine();
    Evaluation evaluation = engine.compile(builder.build()).evaluate(inputs);
    Gradients gradients = evaluation.vjp(doubles(golden.get("cotangent")));
    engine.close();
    assertEquals(20, golden.get("gates").size());
    assertArrayEquals(doubles(golden.get("outputs")), evaluation.outputs(), TOLERANCE);
    assertArrayEquals(doubles(golden.get("grad_x")), gradients.features(), TOLERANCE);
    assertArrayEquals(doubles(golden.get("grad_theta")), gradients.weights(), TOLERANCE);
  }

  private static Angle[] angles(JsonNode given, Angles x, Angles theta) {
    if (given.isMissingNode()) {
      return new Angle[0];
    }
    return given.isArray()
        ? StreamSupport.stream(given.spliterator(), false)
            .map(g -> angle(g, x, theta))
            .toArray(Angle[]::new)
        : new Angle[] {angle(given, x, theta)};
  }

  /** Slots count through x and then theta. */
  private static Angle angle(JsonNode given, Angles x, Angles theta) {
    if (given.has("value")) {
      return Angle.constant(given.get("value").asDouble());
    }
    int slot = given.asInt();
    return slot < x.size() ? x.at(slot) : theta.at(slot - x.size());
  }

  private static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }

  private static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .flatMapToDouble(
            n -> n.isArray() ? Arrays.stream(doubles(n)) : DoubleStream.of(n.asDouble()))
        .toArray();
  }
}
