package org.ketloom.circuits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class CircuitPicturesTest {

  private static Circuit circuit() {
    CircuitBuilder builder = Circuit.builder(3);
    Angles features = builder.features(3);
    Angles weights = builder.weights(12);
    builder.ry(0, features.at(0).times(Math.PI));
    builder.cnot(0, 2);
    builder.canonical(1, 2, weights.at(0), weights.at(1), weights.at(11).times(-0.5));
    builder.controlledBy(2).rz(1, weights.at(3).plus(-Math.PI / 2));
    builder.gate(Gate.SWAP, new int[] {0, 2}).rx(1, Angle.constant(1.5e-7));
    builder.gate(Gate.RZZ, new int[] {2, 0}, features.at(1).times(weights.at(4)));
    builder.reset(1);
    builder.expect(new PauliTerm(1, List.of(0, 2), List.of(Pauli.Z, Pauli.X)));
    return builder.build();
  }

  private static Document parse(String svg) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
  }

  private static List<Element> elements(Document svg, String name) {
    NodeList found = svg.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  @Test
  void svgHasAGroupPerInstructionThatSaysWhatItReads() throws Exception {
    Document svg = parse(CircuitSvg.draw(circuit(), 0));
    List<Element> groups =
        elements(svg, "g").stream().filter(g -> !g.getAttribute("class").isEmpty()).toList();
    assertEquals(circuit().instructions().size(), groups.size());
    Map<String, Long> classes =
        groups.stream()
            .collect(Collectors.groupingBy(g -> g.getAttribute("class"), Collectors.counting()));
    assertEquals(
        Map.of("gate", 3L, "gate feature", 1L, "gate weight", 2L, "gate feature weight", 1L)
            .entrySet(),
        classes.entrySet().stream()
            .filter(e -> !e.getKey().equals("channel"))
            .collect(Collectors.toSet()));
    assertEquals(1, classes.get("channel"));
    String words = groups.get(0).getTextContent();
    assertTrue(words.contains("R") && words.contains("x") && words.contains("0"), words);
    assertTrue(
        elements(svg, "text").stream()
            .anyMatch(t -> t.getTextContent().equals("output 0: ⟨Z0 X2⟩")));
  }

  /** A box has no background: the wires have to end at its sides. */
  @Test
  void wiresAreBrokenByBoxes() throws Exception {
    CircuitBuilder builder = Circuit.builder(1);
    builder.h(0).h(0);
    builder.expect(new PauliTerm(1, List.of(0), List.of(Pauli.Z)));
    Document svg = parse(CircuitSvg.draw(builder.build(), 0));
    List<Element> boxes = elements(svg, "rect");
    String wires =
        elements(svg, "path").stream()
            .filter(p -> p.getAttribute("class").equals("wires"))
            .findFirst()
            .orElseThrow()
            .getAttribute("d");
    assertEquals(2, boxes.size());
    String[] segments = wires.substring(1).split("M");
    assertEquals(3, segments.length);
    for (int i = 0; i < 2; i++) {
      double left = Double.parseDouble(boxes.get(i).getAttribute("x"));
      double right = left + Double.parseDouble(boxes.get(i).getAttribute("width"));
      assertEquals(left, Double.parseDouble(segments[i].split("H")[1]), 0.011);
      assertEquals(right, Double.parseDouble(segments[i + 1].split(" ")[0]), 0.011);
    }
  }

  @Test
  void svgStaysWithinTheWidth() throws Exception {
    CircuitBuilder builder = Circuit.builder(2);
    Angles weights = builder.weights(40);
    for (int i = 0; i < 40; i++) {
      builder.ry(i % 2, weights.at(i));
    }
    builder.expect(new PauliTerm(1, List.of(0), List.of(Pauli.Z)));
    Element wide = parse(CircuitSvg.draw(builder.build(), 0)).getDocumentElement();
    Element wrapped = parse(CircuitSvg.draw(builder.build(), 400)).getDocumentElement();
    assertTrue(Double.parseDouble(wide.getAttribute("width")) > 700);
    assertTrue(Double.parseDouble(wrapped.getAttribute("width")) <= 400);
    assertTrue(
        Double.parseDouble(wrapped.getAttribute("height"))
            > 2 * Double.parseDouble(wide.getAttribute("height")) - 60);
  }

  @Test
  void latexHasACellPerWireAndColumn() {
    String latex = CircuitLatex.write(circuit());
    List<String> rows =
        latex
            .lines()
            .filter(l -> l.startsWith("\\lstick"))
            .map(l -> l.replace(" \\\\", ""))
            .toList();
    assertEquals(3, rows.size(), latex);
    int columns = rows.get(0).split(" &", -1).length;
    rows.forEach(row -> assertEquals(columns, row.split(" &", -1).length, latex));
    assertTrue(rows.get(0).contains("\\gate{R_{Y}(\\pi \\,x_{0})}"), latex);
    assertTrue(rows.get(0).contains("\\ctrl{2}"), latex);
    assertTrue(rows.get(2).contains("\\targ{}"), latex);
    assertTrue(
        rows.get(1).contains("\\gate[wires=2]{\\mathrm{CAN}(w_{0},w_{1},-0.5\\,w_{11})}"), latex);
    assertTrue(rows.get(1).contains("\\gate{R_{Z}(w_{3}-\\pi /2)}\\vqw{1}"), latex);
    assertTrue(rows.get(2).contains("\\control{}"), latex);
    assertTrue(rows.get(0).contains("\\targX{}\\vqw{2}"), latex);
    assertTrue(rows.get(1).contains("\\gate{R_{X}(1.5\\times 10^{-7})}"), latex);
    // Not on neighbouring wires: a box on each, and a line between.
    assertTrue(rows.get(0).contains("\\gate{R_{ZZ}(x_{1}\\,w_{4})}\\vqw{2}"), latex);
    assertTrue(rows.get(1).contains("\\gate[style={dashed}]{\\ket{0}}"), latex);
    assertTrue(latex.contains("% output 0: <Z0 X2>\n"), latex);
  }
}
