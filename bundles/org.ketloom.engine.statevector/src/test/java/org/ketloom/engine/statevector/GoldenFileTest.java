package org.ketloom.engine.statevector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;

/** The two worked circuits of the reference folder, value for value. */
class GoldenFileTest {
  private static final double TOLERANCE = 1e-10;

  @ParameterizedTest
  @ValueSource(strings = {"w1_n4.json", "w3_n4.json"})
  void agrees(String file) throws IOException {
    String folder = System.getProperty("ketloom.reference", System.getenv("KETLOOM_REFERENCE"));
    assumeTrue(
        folder != null,
        "set the property ketloom.reference or KETLOOM_REFERENCE to the folder of the worked"
            + " circuits");
    JsonNode golden = new ObjectMapper().readTree(Path.of(folder, file).toFile());
    int wires = golden.get("n").asInt();
    int features = golden.get("n_x").asInt();
    CircuitBuilder builder = Circuit.builder(wires);
    Angles x = builder.features(features);
    Angles theta = builder.weights(golden.get("n_theta").asInt());
    for (JsonNode gate : golden.get("gates")) {
      int[] on = ints(gate.get(1));
      switch (gate.get(0).asText()) {
        case "CNOT" -> builder.cnot(on[0], on[1]);
        case "CZ" -> builder.cz(on[0], on[1]);
        default -> {
          int slot = gate.get(2).asInt();
          Angle angle = slot < features ? x.at(slot) : theta.at(slot - features);
          builder.gate(Gate.valueOf(gate.get(0).asText()), on, angle);
        }
      }
    }
    double[] entries = {};
    if (golden.has("windows")) {
      golden.get("windows").forEach(window -> builder.expectHermitian(ints(window)));
      entries = hermitianEntries(golden.get("hermitian"));
    } else {
      for (int w = 0; w < wires; w++) {
        builder.expect(PauliTerm.of(Pauli.Z, w));
      }
    }
    Inputs inputs =
        new Inputs(
            golden.get("batch").asInt(),
            doubles(golden.get("x")),
            doubles(golden.get("theta")),
            new double[0],
            entries);
    StateVectorEngine engine = new StateVectorEngine(1, Arithmetic.best(), 13, 16);
    Evaluation evaluation = engine.compile(builder.build()).evaluate(inputs);
    Gradients gradients = evaluation.vjp(doubles(golden.get("cotangent")));
    engine.close();
    assertArrayEquals(doubles(golden.get("outputs")), evaluation.outputs(), TOLERANCE);
    assertArrayEquals(doubles(golden.get("grad_x")), gradients.features(), TOLERANCE);
    assertArrayEquals(doubles(golden.get("grad_theta")), gradients.weights(), TOLERANCE);
    if (golden.has("windows")) {
      double[] expected =
          entries(
              golden.get("grad_H_diag"),
              golden.get("grad_H_upper_re"),
              golden.get("grad_H_upper_im"));
      assertEquals(4 * 64, expected.length);
      assertArrayEquals(expected, gradients.hermitianEntries(), TOLERANCE);
    }
  }

  private static double[] hermitianEntries(JsonNode matrices) {
    ObjectMapper mapper = new ObjectMapper();
    var diagonals = mapper.createArrayNode();
    var re = mapper.createArrayNode();
    var im = mapper.createArrayNode();
    for (JsonNode matrix : matrices) {
      var diagonal = diagonals.addArray();
      for (int i = 0; i < matrix.get("re").size(); i++) {
        diagonal.add(matrix.get("re").get(i).get(i));
      }
      re.add(matrix.get("re"));
      im.add(matrix.get("im"));
    }
    return entries(diagonals, re, im);
  }

  /** Diagonal, then real, then imaginary parts of the upper triangle, for each matrix. */
  private static double[] entries(JsonNode diagonals, JsonNode re, JsonNode im) {
    double[] all = new double[diagonals.size() * diagonals.get(0).size() * diagonals.get(0).size()];
    int next = 0;
    for (int m = 0; m < diagonals.size(); m++) {
      int dim = diagonals.get(m).size();
      for (int i = 0; i < dim; i++) {
        all[next++] = diagonals.get(m).get(i).asDouble();
      }
      for (JsonNode part : new JsonNode[] {re.get(m), im.get(m)}) {
        for (int i = 0; i < dim; i++) {
          for (int j = i + 1; j < dim; j++) {
            all[next++] = part.get(i).get(j).asDouble();
          }
        }
      }
    }
    return all;
  }

  private static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }

  private static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .flatMapToDouble(
            n ->
                n.isArray()
                    ? java.util.Arrays.stream(doubles(n))
                    : java.util.stream.DoubleStream.of(n.asDouble()))
        .toArray();
  }
}
