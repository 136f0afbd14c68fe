package org.ketloom.circuits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.KrausSet;
import org.ketloom.api.circuit.ReadoutError;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Precision;

class CircuitFileTest {
  private static final String RICH =
      """
      {"n": 3, "note": "kept",
       "gates": [["RY", [0], 1], ["CRZ", [0, 1], 2], ["CNOT", [1, 2], null], ["CCX", [0, 1, 2]],
         ["RX", [2], {"value": 0.3}], ["RXX", [0, 2], {"slot": 3, "scale": -2, "offset": 0.1}],
         {"gate": "CANONICAL", "wires": [0, 1], "controls": [2],
          "angles": [2, {"sample": 0}, {"value": 0.5}]},
         {"gate": "UNITARY1", "wires": [1], "re": [[0, 1], [1, 0]], "im": [[0, 0], [0, 0]]}],
       "amplitudes": {"wires": [0, 2], "features": 1, "padding": 0.5},
       "x": [[0.4, 1.1], [0.7, -0.2]], "theta": [0.9, -1.3], "sample": [[0.2], [0.6]],
       "observables": ["Z0 X1", {"pauli": "Y2", "coefficient": 0.5},
         {"sum": ["Z0", {"pauli": "I", "coefficient": 2}]},
         {"hermitian": {"re": [[1, 2], [2, 3]], "im": [[0, -1], [1, 0]]}, "wires": [1]},
         {"probabilities": [2, 0]}],
       "cotangent": [[1, 2, 3, 4, 5, 6, 7, 8], [8, 7, 6, 5, 4, 3, 2, 1]]}
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"w1_n4.json", "w3_n4.json"})
  void agreesWithTheWorkedCircuits(String name) throws IOException {
    String reference = System.getProperty("ketloom.reference", System.getenv("KETLOOM_REFERENCE"));
    Assumptions.assumeTrue(
        reference != null, "set KETLOOM_REFERENCE to the folder that holds " + name);
    CircuitFile file = CircuitFile.read(Path.of(reference, name));
    Map<String, Double> differences =
        file.compare(file.evaluate(new DenseEngine(), Precision.DOUBLE));
    assertEquals(name.startsWith("w1") ? 3 : 6, differences.size());
    differences.forEach((field, largest) -> assertTrue(largest < 1e-10, field + " " + largest));
  }

  @Test
  void readsAllThatTheApiHas() throws IOException {
    Circuit circuit = read(RICH).circuit();
    assertEquals(
        "[RY[x[1]] on wire 0, CRZ[w[0]] on wire 1 controlled by [0], CNOT on wire 2 controlled by"
            + " [1], CCX on wire 2 controlled by [0, 1], RX[0.3] on wire 2, RXX[-2.0*w[1]+0.1] on"
            + " wires [0, 2], CCANONICAL[w[0], s[0], 0.5] on wires [0, 1] controlled by [2],"
            + " UNITARY1 on wire 1]",
        circuit.operations().toString());
    assertEquals(2, circuit.features());
    assertEquals(4, circuit.hermitianEntries());
    assertEquals(8, circuit.outputs());
    assertEquals(0.5, circuit.preparation().orElseThrow().padding());
  }

  @Test
  void writesWhatItComputesAndKeepsTheRest() throws IOException {
    CircuitFile file = read(RICH);
    CircuitResults found = file.evaluate(new DenseEngine(), Precision.DOUBLE);
    ObjectNode results = found.tree();
    assertEquals(8, results.get("outputs").get(1).size());
    assertEquals(2, results.get("grad_x").get(1).size());
    assertEquals(2, results.get("grad_theta").size());
    assertEquals(1, results.get("grad_sample").get(1).size());
    assertEquals(2, results.get("grad_H_diag").get(0).size());
    assertEquals(0.0, results.get("grad_H_upper_im").get(0).get(1).get(0).doubleValue());

    Path path = folder.resolve("circuit.json");
    file.expecting(found).write(path);
    JsonNode written = new ObjectMapper().readTree(path.toFile());
    assertEquals("kept", written.get("note").textValue());
    assertEquals(new ObjectMapper().readTree(RICH).get("gates"), written.get("gates"));
    CircuitFile.read(path)
        .compare(found)
        .forEach((field, largest) -> assertEquals(0.0, largest, field));
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count(), "no temporary file is left");
    }
  }

  /** Entry (0, 1) of H is 2 - i: with a_01 and b_01, {@code <H>} has 2 Re and 2 Im of rho. */
  @Test
  void theHermitiansGradientIsByItsRealParameters() throws IOException {
    CircuitFile file =
        read(
            """
            {"n": 1, "gates": [["RX", [0], 0]], "x": [[0.8]],
             "observables": [{"hermitian": {"re": [[1, 2], [2, 3]], "im": [[0, -1], [1, 0]]},
                              "wires": [0]}], "cotangent": [[1]]}
            """);
    ObjectNode results = file.evaluate(new DenseEngine(), Precision.DOUBLE).tree();
    double c = Math.cos(0.4);
    double s = Math.sin(0.4);
    // State (c, -i s): conj(psi_0) psi_1 = -i c s.
    assertEquals(
        c * c + 3 * s * s - 2 * c * s, results.get("outputs").get(0).get(0).doubleValue(), 1e-14);
    assertEquals(c * c, results.get("grad_H_diag").get(0).get(0).doubleValue(), 1e-11);
    assertEquals(s * s, results.get("grad_H_diag").get(0).get(1).doubleValue(), 1e-11);
    assertEquals(0, results.get("grad_H_upper_re").get(0).get(0).get(1).doubleValue(), 1e-11);
    assertEquals(
        2 * c * s, results.get("grad_H_upper_im").get(0).get(0).get(1).doubleValue(), 1e-11);
  }

  @Test
  void findsADifferenceAndTellsTheField() throws IOException {
    CircuitFile file = read(RICH.replace("\"note\"", "\"grad_theta\": [0, 0], \"note\""));
    CircuitResults results = file.evaluate(new DenseEngine(), Precision.DOUBLE);
    Map<String, Double> differences = file.compare(results);
    double[] gradient = results.gradients().orElseThrow().weights();
    assertEquals(java.util.Set.of("grad_theta"), differences.keySet());
    double largest = Math.max(Math.abs(gradient[0]), Math.abs(gradient[1]));
    assertEquals(largest, differences.get("grad_theta"));
    assertTrue(largest > 1e-3);
  }

  /** {@code <Z> = cos(2 x (1 + w/2) + 0.1)}, a product read, written and read again. */
  @Test
  void anAngleMayBeAProduct() throws IOException {
    CircuitFile file =
        read(
            """
            {"n": 1, "gates": [["RY", [0],
               {"slot": 0, "scale": 2, "offset": 0.1, "factor": {"slot": 1, "scale": 0.5, "offset": 1}}]],
             "x": [[0.3], [-0.8]], "theta": [0.4], "observables": ["Z0"], "cotangent": [[1], [1]]}
            """);
    assertEquals("[RY[x[0]*(w[0]+2.0)+0.1] on wire 0]", file.circuit().operations().toString());
    CircuitResults found = file.evaluate(new DenseEngine(), Precision.DOUBLE);
    assertEquals(Math.cos(0.6 * 1.2 + 0.1), found.outputs()[0], 1e-14);
    assertEquals(Math.cos(-1.6 * 1.2 + 0.1), found.outputs()[1], 1e-14);
    Circuit again =
        CircuitFile.read(
                Files.writeString(
                    folder.resolve("again.json"),
                    CircuitWriter.tree(
                            file.circuit(),
                            Inputs.of(2, new double[] {0.3, -0.8}, new double[] {0.4}))
                        .toString()))
            .circuit();
    assertEquals(file.circuit(), again);
  }

  @Test
  void withoutCotangentsThereAreNoGradients() throws IOException {
    CircuitResults results =
        read("{\"n\": 1, \"gates\": [[\"H\", [0]]], \"observables\": [\"X0\"]}")
            .evaluate(new DenseEngine(), Precision.DOUBLE);
    assertArrayEquals(new double[] {1}, results.outputs(), 1e-15);
    assertEquals(java.util.List.of("outputs"), results.fields());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"n\": 1,¶ \"gates\": ]} | line 2, column 11: not valid JSON: unexpected ]",
        "{\"n\": NaN} | numbers must be finite, found 'NaN'",
        "[] | a JSON object is expected",
        "{\"gates\": []} | \"n\" is missing",
        "{\"n\": 0, \"gates\": [], \"observables\": [\"Z0\"]} | at least 1 wire",
        "{\"n\": 1, \"gates\": [[\"FOO\", [0]]], \"observables\": [\"Z0\"]}"
            + " | gates[0]: there is no gate \"FOO\"",
        "{\"n\": 1, \"gates\": [[\"H\", [3]]], \"observables\": [\"Z0\"]} | there is no wire 3",
        "{\"n\": 1, \"gates\": [[\"RX\", [0], 5]], \"theta\": [1], \"observables\": [\"Z0\"]}"
            + " | gates[0]: angle: there is no slot 5; x has 0 values and theta 1",
        "{\"n\": 1, \"gates\": [[\"RX\", [0]]], \"observables\": [\"Z0\"]} | takes 1 angles, found 0",
        "{\"n\": 1, \"gates\": [], \"observables\": [\"Q0\"]} | observables[0]: a Pauli string",
        "{\"n\": 1, \"gates\": []} | observables is missing",
        "{\"n\": 1, \"gates\": [], \"x\": [[1], [1, 2]], \"observables\": [\"Z0\"]} | x[1] should have 1",
        "{\"n\": 1, \"gates\": [], \"x\": [[1e999]], \"observables\": [\"Z0\"]} | x[0][0] should be a finite",
        "{\"n\": 1, \"gates\": [], \"observables\": [\"Z0\"], \"cotangent\": [[1, 2]]}"
            + " | cotangent[0] has 2 values; the outputs are 1",
        "{\"n\": 1, \"gates\": [], \"observables\": [{\"wires\": [0], \"hermitian\": {\"re\":"
            + " [[1, 2], [3, 4]]}}]} | is not Hermitian"
      })
  void namesTheFileAndWhatIsWrongInIt(String json, String message) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> read(json.strip().replace('¶', '\n')));
    assertTrue(e.getMessage().contains("circuit.json"), e.getMessage());
    assertTrue(e.getMessage().contains(message.strip()), e.getMessage());
  }

  /** What was read without a word, and had no effect or another one than was meant. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"observables\": \"Z_i for i=0..2\" | observables is \"Z_i for i=0..2\": give a list",
        "\"observables\": \"Z_i X_i\" | observables is \"Z_i X_i\": give a list",
        "\"observables\": 5 | observables is 5: give a list",
        "\"observables\": [\"Z0\"], \"windows\": [[0]] | observables and windows are both given",
        "\"observables\": [\"Z0\"], \"hermitian\": [] | observables and hermitian are both given",
        "\"gates\": [[\"RX\", [0], {\"slot\": 0, \"sample\": 0}]] | angle has no field \"sample\"",
        "\"gates\": [[\"RX\", [0], {\"value\": 1, \"scale\": 2}]] | angle has no field \"scale\"",
        "\"gates\": [[\"RX\", [0], {\"value\": 1, \"slot\": 0}]] | angle has no field \"slot\"",
        "\"gates\": [[\"RX\", [0], {\"scale\": 2}]] | angle is a slot, or an object with",
        "\"gates\": [[\"RX\", [0], {\"value\": 2, \"factor\": 0}]] | angle has no field \"factor\"",
        "\"gates\": [[\"RX\", [0], {\"slot\": 0, \"factor\": 7}]] | angle.factor: there is no slot 7",
        "\"gates\": [[\"RX\", [0], {\"slot\": 0, \"factor\": {\"slot\": 1, \"factor\": 1}}]]"
            + " | gates[0]: angle: an angle is a product of at most two numbers",
        "\"gates\": [[\"BITFLIP\", [0], {\"slot\": 0, \"factor\": 1}]] | a strength reads one number",
        "\"gates\": [[\"RX\", [0], \"0\"]] | angle is a slot, or an object",
        "\"gates\": [[\"RX\", [0], {\"sample\": -1}]] | angle index -1 is negative",
        "\"gates\": [[\"H\", [0], 0]] | gates[0]",
        "\"gates\": [{\"gate\": \"RX\", \"wires\": [0], \"angles\": 0, \"re\": [[1]]}]"
            + " | gates[0]: RX takes no matrix",
        "\"gates\": [{\"gate\": \"UNITARY1\", \"wires\": [0], \"angles\": [0], \"re\": [[0, 1], [1,"
            + " 0]], \"im\": [[0, 0], [0, 0]]}] | gates[0]: UNITARY1 takes no angles, found [0]",
        "\"gates\": [[\"CCNOT\", [0, 1]]] | gates[0]",
        "\"amplitudes\": {\"complex\": \"yes\"} | amplitudes.complex should be true or false, found \"yes\"",
        "\"amplitudes\": {\"padding\": \"1\"} | amplitudes.padding should be a finite number",
        "\"amplitudes\": 5 | amplitudes should be an object with wires, first,",
        "\"amplitudes\": null | amplitudes should be an object with wires, first,",
        "\"observables\": [{\"wires\": [0], \"hermitian\": {\"re\": [[1, 2], [2, 4]], \"i\": 1}}]"
            + " | observables[0].hermitian has no field \"i\"",
        "\"observables\": [{\"wires\": [0], \"hermitian\": [1]}]"
            + " | observables[0].hermitian should be an object",
        "\"n\": 2147483647 | n is 2147483647 wires, expected at most 1024"
      })
  void nothingIsTakenAndPassedOver(String fields, String message) {
    StringBuilder json = new StringBuilder("{" + fields.strip());
    Map.of("n", "2", "gates", "[]", "observables", "[\"Z0\"]", "x", "[[1, 2]]")
        .forEach(
            (name, value) ->
                json.append(
                    fields.strip().startsWith('"' + name + '"')
                        ? ""
                        : ", \"" + name + "\": " + value));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> read(json + "}"));
    assertTrue(e.getMessage().contains(message.strip()), e.getMessage());
  }

  @Test
  void everyControlledNotIsKnown() throws IOException {
    String json =
        "{\"n\": 4, \"gates\": [[\"cnot\", [0, 1]], [\"CCNOT\", [0, 1, 2]], [\"CCCNOT\", [0, 1, 2, 3]]],"
            + " \"observables\": \"Z_i for i=0..n-1\"}";
    assertEquals(
        read(json.replaceAll("(?i)cnot", "CX")).circuit().operations(),
        read(json).circuit().operations());
  }

  /** Rounding grows with the entries; what is as large as they are is no rounding. */
  @ParameterizedTest
  @CsvSource({"1e9, 1e-4, true", "1e9, 1e-2, false", "1e-13, 1e-13, false", "1, 1e-13, true"})
  void aHermitianIsOneRelativeToItsEntries(double scale, double error, boolean taken) {
    String json =
        "{\"n\": 1, \"gates\": [], \"observables\": [{\"wires\": [0], \"hermitian\": {\"re\": [[%s, %s],"
            + " [%s, 0]]}}]}";
    String filled = json.formatted(scale, scale, scale + error);
    if (taken) {
      assertEquals(scale, CircuitFile.parse(filled, "c").inputs().hermitianEntries()[2]);
    } else {
      assertThrows(IllegalArgumentException.class, () -> CircuitFile.parse(filled, "c"));
    }
  }

  @Test
  void namesTheFileThatIsMissing() {
    IOException e =
        assertThrows(IOException.class, () -> CircuitFile.read(folder.resolve("none.json")));
    assertTrue(e.getMessage().contains("none.json: there is no such file"), e.getMessage());
  }

  @Test
  void nothingIsComparedWhereNothingIsExpected() throws IOException {
    CircuitFile file = read(RICH);
    assertEquals(Map.of(), file.compare(file.evaluate(new DenseEngine(), Precision.DOUBLE)));
  }

  @Test
  void aCircuitThatIsWrittenReadsBackEqual() throws IOException {
    CircuitFile file = read(RICH);
    CircuitFile again =
        CircuitFile.parse(CircuitFile.of(file.circuit(), file.inputs()).toJson(), "written");
    assertSame(file, again);
    assertEquals(java.util.Optional.empty(), again.cotangents(), "there were none to write");
    CircuitFile weighted = again.withCotangents(file.cotangents().orElseThrow());
    assertArrayEquals(file.cotangents().orElseThrow(), weighted.cotangents().orElseThrow());
  }

  @Test
  void featuresBeforeTheAmplitudesAndTheWholeStateAreWrittenToo() {
    CircuitBuilder builder = Circuit.builder(2);
    Angles angle = builder.features(1);
    builder.prepareAmplitudes(builder.features(4), true, 0.25);
    builder.ry(1, angle.at(0).times(-2)).amplitudes();
    Circuit circuit = builder.build();
    double[] x = {0.3, 1, 2, 3, 4, -0.5, 4, 3, 2, 1};
    CircuitFile written = CircuitFile.of(circuit, Inputs.of(2, x, new double[0]));
    assertSame(written, CircuitFile.parse(written.toJson(), "written"));
    assertEquals(circuit.operations(), written.circuit().operations());
    assertEquals(circuit.preparation(), written.circuit().preparation());
    assertEquals(circuit.observables(), written.circuit().observables());
  }

  /** Every channel, with every source of strengths; every start and read-out of mixed states. */
  @Test
  void openSystemsAreWrittenAndReadBackEqual() {
    for (int start = 0; start < 3; start++) {
      CircuitBuilder builder = Circuit.builder(3);
      builder.features(1);
      Angles block = builder.features(16);
      switch (start) {
        case 0 -> builder.on(2, 0).prepareDensityMatrix(block);
        case 1 -> builder.on(1).prepareMixed();
        default -> builder.on(0, 1).prepareHaarRandom(-7_000_000_000L);
      }
      Angles w = builder.weights(3);
      Angles s = builder.sampleAngles(1);
      for (Channel.Kind kind : Channel.Kind.values()) {
        Angle[] sources = {w.at(0), s.at(0).times(2).plus(0.1), block.at(3), w.at(2).times(-1)};
        Angle[] strengths = Arrays.copyOf(sources, kind.strengths());
        if (kind == Channel.Kind.KRAUS) {
          double[][] re = {{0.8, 0, 0, 0.8}, {0, 0, 0, 0}};
          double[][] im = {{0, 0, 0, 0}, {0, -0.6, 0.6, 0}};
          builder.kraus(new KrausSet(re, im), 2);
        } else {
          builder.channel(kind, new int[] {1}, strengths);
          if (strengths.length > 0 && kind != Channel.Kind.THERMAL_RELAXATION) {
            builder.boundedChannel(kind, new int[] {2}, strengths);
          }
        }
        builder.rx(0, w.at(1));
      }
      builder.depolarizing(Angle.constant(0.25), 2, 0, 1);
      builder.readoutError(1, new ReadoutError(0.01, 0.02));
      builder.densityMatrix(2, 0).purity(1).fidelity(new double[] {0.6, 0, 0, 0.8}, 2);
      builder.successProbability().probabilities(0);
      Circuit circuit = builder.build();
      double[] x = new double[17];
      Arrays.setAll(x, i -> i / 16.0);
      double[] theta = {0.1, 0.2, 0.3};
      Inputs inputs = new Inputs(1, x, theta, new double[] {0.4}, new double[0]);
      CircuitFile written = CircuitFile.of(circuit, inputs);
      CircuitFile again = CircuitFile.parse(written.toJson(), "written");
      assertSame(written, again);
      assertEquals(circuit.start(), again.circuit().start());
      assertEquals(circuit.instructions(), again.circuit().instructions());
      assertEquals(circuit.readoutErrors(), again.circuit().readoutErrors());
      assertEquals(circuit.observables(), again.circuit().observables());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"gates\": [[\"BITFLIP\", [0]]] | gates[0]",
        "\"gates\": [[\"BITFLIP\", [0], {\"value\": 1.5}]] | gates[0]",
        "\"gates\": [[\"CBITFLIP\", [0, 1], 0]] | gates[0]: there is no gate \"CBITFLIP\": a channel has no",
        "\"gates\": [{\"gate\": \"RESET\", \"wires\": [0]}] | gates[0]: there is no gate \"RESET\": it is a",
        "\"gates\": [{\"channel\": \"RX\", \"wires\": [0]}] | gates[0]: there is no channel \"RX\"; channels",
        "\"gates\": [{\"channel\": \"RESET\", \"wires\": [0], \"angles\": 0}] | gates[0] has no field \"angles\"",
        "\"gates\": [{\"channel\": \"RESET\", \"wires\": [0], \"kraus\": []}] | gates[0]: RESET takes no op",
        "\"gates\": [[\"KRAUS\", [0]]] | gates[0]: \"kraus\" is missing",
        "\"gates\": [{\"channel\": \"KRAUS\", \"wires\": [0], \"kraus\": [{\"re\": [[1, 0], [0, 2]]}]}]"
            + " | gates[0]: the Kraus operators don't add up",
        "\"start\": {\"state\": \"warm\"} | start.state is mixed, haar or density, found \"warm\"",
        "\"start\": {\"state\": \"mixed\", \"seed\": 1} | start has no field \"seed\"",
        "\"start\": {\"state\": \"haar\", \"seed\": 1.5} | start.seed should be a whole number",
        "\"start\": {\"state\": \"density\", \"wires\": [0]} | start takes 4 features, but x has 2",
        "\"start\": {\"state\": \"mixed\"}, \"amplitudes\": {} | amplitudes and start are both given",
        "\"readout\": [{\"wire\": 5, \"oneForZero\": 0, \"zeroForOne\": 0}] | readout[0]",
        "\"readout\": [{\"wire\": 0, \"oneForZero\": 2, \"zeroForOne\": 0}] | readout[0]: readout errors are",
        "\"readout\": [{\"wire\": 0, \"oneForZero\": 0}] | readout[0]: \"zeroForOne\" is missing",
        "\"observables\": [{\"fidelity\": {\"re\": [1, 1]}, \"wires\": [0]}] | the squared norm 2.0",
        "\"observables\": [\"successes\"] | observables[0]: a Pauli string is like"
      })
  void whatIsWrongInAnOpenSystemIsNamed(String fields, String message) {
    nothingIsTakenAndPassedOver(fields, message);
  }

  @Test
  void inputsThatDontFitAreNotWritten() {
    Circuit circuit = Circuit.builder(1).h(0).build();
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> CircuitFile.of(circuit, Inputs.of(1, new double[] {1}, new double[0])));
    assertEquals("the circuit reads 0 features, found 1", e.getMessage());
  }

  private static void assertSame(CircuitFile expected, CircuitFile found) {
    assertEquals(expected.circuit().operations(), found.circuit().operations());
    assertEquals(expected.circuit().observables(), found.circuit().observables());
    assertEquals(expected.circuit().preparation(), found.circuit().preparation());
    assertEquals(expected.inputs().batch(), found.inputs().batch());
    assertArrayEquals(expected.inputs().features(), found.inputs().features());
    assertArrayEquals(expected.inputs().weights(), found.inputs().weights());
    assertArrayEquals(expected.inputs().sampleAngles(), found.inputs().sampleAngles());
    assertArrayEquals(expected.inputs().hermitianEntries(), found.inputs().hermitianEntries());
  }

  private CircuitFile read(String json) throws IOException {
    return CircuitFile.read(Files.writeString(folder.resolve("circuit.json"), json));
  }
}
