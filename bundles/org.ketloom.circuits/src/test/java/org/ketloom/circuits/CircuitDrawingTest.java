package org.ketloom.circuits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.ReadoutError;

class CircuitDrawingTest {

  private static Circuit circuit() {
    CircuitBuilder builder = Circuit.builder(3);
    Angles features = builder.features(3);
    Angles weights = builder.weights(4);
    for (int wire = 0; wire < 3; wire++) {
      builder.ry(wire, features.at(wire).times(Math.PI));
    }
    builder.cnot(0, 2);
    builder.canonical(1, 2, weights.at(0), weights.at(1), weights.at(2).times(-0.5));
    builder.controlledBy(0).rz(1, weights.at(3).plus(-Math.PI / 2));
    builder.gate(Gate.SWAP, new int[] {0, 2}).rx(1, Angle.constant(0.25)).h(1);
    builder.expect(new PauliTerm(1, java.util.List.of(0, 2), java.util.List.of(Pauli.Z, Pauli.X)));
    builder.expectHermitian(0, 1);
    return builder.build();
  }

  @Test
  void drawsARowPerWireWithWhatEveryAngleReads() {
    String expected =
        """
        0: ─RY(π*x0)─●─────────────────────●────────────×─────────────
        1: ─RY(π*x1)─┼─CAN(w0,w1,-0.5*w2)─RZ(w3-π/2)─┼─RX(0.25)─H─
        2: ─RY(π*x2)─⊕─CAN────────────────────────────×─────────────
        """;
    String[] lines = CircuitDrawing.unicode().draw(circuit(), 200).split("\n");
    assertEquals(circuit().toString(), lines[0]);
    assertEquals(squeezed(expected.split("\n")[0]), squeezed(lines[2]));
    assertEquals(squeezed(expected.split("\n")[1]), squeezed(lines[3]));
    assertEquals(squeezed(expected.split("\n")[2]), squeezed(lines[4]));
    assertEquals(lines[2].length(), lines[3].length());
    assertEquals(lines[2].length(), lines[4].length());
    // The control stands over its target, and lines cross the wire between.
    assertEquals(lines[2].indexOf('●'), lines[4].indexOf('⊕'));
    assertEquals(lines[2].indexOf('●'), lines[3].indexOf('┼'));
    assertEquals("output 0: <Z0 X2>", lines[6]);
    assertEquals("output 1: <trainable 4x4 Hermitian on wires 0 1>, entries 0..15", lines[7]);
  }

  @Test
  void productsShowBothNumbers() {
    CircuitBuilder builder = Circuit.builder(1);
    Angles x = builder.features(2);
    Angles w = builder.weights(2);
    builder.ry(0, x.at(1).times(w.at(0).plus(1)).times(Math.PI).plus(0.5));
    builder.rz(0, x.at(0).times(w.at(1)).times(-1));
    String text = CircuitDrawing.ascii().draw(builder.build(), 200);
    assertTrue(text.contains("-RY(pi*x1*(w0+1)+0.5)-RZ(-x0*w1)-"), text);
  }

  @Test
  void asciiHasNothingElse() {
    String text = CircuitDrawing.ascii().draw(circuit(), 200);
    assertTrue(text.chars().allMatch(c -> c == '\n' || (c >= 32 && c < 127)), text);
    assertTrue(text.contains("RY(pi*x0)-*-"), text);
  }

  @Test
  void wrapsAtTheWidthWithoutBreakingAColumn() {
    String text = CircuitDrawing.unicode().draw(circuit(), 40);
    String[] rows = text.lines().filter(l -> l.matches("\\d: .*")).toArray(String[]::new);
    assertTrue(rows.length >= 6, text);
    for (String row : rows) {
      assertTrue(row.length() <= 40, row);
    }
    // Nothing is lost: the rows of a wire, joined, have the gates of the wide drawing.
    String wide = CircuitDrawing.unicode().draw(circuit(), 1000);
    for (int wire = 0; wire < 3; wire++) {
      String start = wire + ": ";
      String joined =
          java.util.Arrays.stream(rows)
              .filter(r -> r.startsWith(start))
              .map(r -> r.substring(3))
              .reduce("", String::concat);
      String whole = wide.lines().filter(l -> l.startsWith(start)).findFirst().orElseThrow();
      assertEquals(squeezed(whole.substring(3)), squeezed(joined));
    }
  }

  @Test
  void aGateNeverSharesAColumnWithALineThatCrossesItsWire() {
    CircuitBuilder builder = Circuit.builder(3);
    builder.cnot(0, 2).h(1);
    String[] lines = CircuitDrawing.ascii().draw(builder.build(), 80).split("\n");
    assertEquals("1: -|-H-", lines[3]);
  }

  @Test
  void channelsStartsAndReadoutErrorsAreDrawn() {
    CircuitBuilder builder = Circuit.builder(3);
    builder.on(0, 2).prepareHaarRandom(5);
    Angles weights = builder.weights(2);
    builder.h(0).depolarizing(Angle.constant(0.785398163397448), 2, 0);
    builder.amplitudeDamping(1, weights.at(0)).measure(0).reset(1).postSelect(2, 1);
    builder.boundedChannel(
        Channel.Kind.RESET_ERROR, new int[] {0}, weights.at(0), weights.at(1).times(2));
    builder.readoutError(1, new ReadoutError(0.01, 0.02)).purity(0, 1).successProbability();
    String[] lines = CircuitDrawing.unicode().draw(builder.build(), 200).split("\n");
    assertEquals("0: ─[Haar]─H─DEP─M─RE(bounded w0,2*w1)─", squeezed(lines[2]));
    assertEquals("1: ─┼─AD(w0)─|0>─", squeezed(lines[3]));
    assertEquals("2: ─[Haar]─DEP(0.7854)─<1|─", squeezed(lines[4]));
    assertEquals("wires 0 2 start in a random state per sample, seed 5", lines[6]);
    assertEquals("wire 1 is read as 1 for 0 with probability 0.01, as 0 for 1 with 0.02", lines[7]);
    assertEquals("output 0: purity of wires 0 1", lines[8]);
    assertEquals("output 1: probability that all post-selections succeed", lines[9]);
  }

  @Test
  void anEmptyCircuitIsItsWires() {
    String text = CircuitDrawing.ascii().draw(Circuit.builder(2).build(), 80);
    assertTrue(text.contains("0: -\n1: -\n"), text);
  }

  private static String squeezed(String row) {
    return row.replaceAll("─+", "─");
  }
}
