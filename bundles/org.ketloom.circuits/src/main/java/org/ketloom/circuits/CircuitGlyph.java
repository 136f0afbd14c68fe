package org.ketloom.circuits;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.DensityPreparation;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.HaarPreparation;
import org.ketloom.api.circuit.Instruction;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.Preparation;

/**
 * How an instruction is drawn.
 *
 * @param targets wires that it acts on, in its own order
 * @param controls wires that control it
 * @param shape what stands on the targets
 * @param name what is written in a box
 * @param angles what is written below; empty for nothing
 * @param ordered whether it matters which wire is the first
 * @param dashed whether it is no unitary gate
 * @param sources {@code feature}, {@code weight} and {@code sample}, as far as they are read
 * @param words the whole in words
 */
record CircuitGlyph(
    List<Integer> targets,
    List<Integer> controls,
    Shape shape,
    MathText name,
    MathText angles,
    boolean ordered,
    boolean dashed,
    SortedSet<String> sources,
    String words) {

  /** What stands on the targets. */
  enum Shape {
    BOX,
    NOT,
    SWAP
  }

  static CircuitGlyph of(Instruction instruction) {
    MathText angles = MathText.of(angles(instruction));
    SortedSet<String> sources = sources(instruction);
    if (instruction instanceof Operation operation) {
      return new CircuitGlyph(
          operation.wires(),
          operation.controls(),
          shape(operation),
          MathText.of(CircuitText.name(operation)),
          angles,
          CircuitText.ordered(operation),
          false,
          sources,
          operation.toString());
    }
    Channel channel = (Channel) instruction;
    return new CircuitGlyph(
        channel.wires(),
        List.of(),
        Shape.BOX,
        MathText.of(CircuitText.name(channel)),
        angles,
        CircuitText.ordered(channel),
        true,
        sources,
        channel.toString());
  }

  static CircuitGlyph of(Preparation start) {
    String name =
        start instanceof AmplitudePreparation
            ? "ψ"
            : start instanceof DensityPreparation
                ? "ρ"
                : start instanceof HaarPreparation ? "Haar" : "Mixed";
    return new CircuitGlyph(
        start.wires(),
        List.of(),
        Shape.BOX,
        MathText.of(name),
        MathText.of(""),
        false,
        !(start instanceof AmplitudePreparation),
        new TreeSet<>(
            start instanceof AmplitudePreparation || start instanceof DensityPreparation
                ? List.of("feature")
                : List.of()),
        CircuitText.describe(start));
  }

  private static Shape shape(Operation operation) {
    if (operation.gate() == Gate.SWAP) {
      return Shape.SWAP;
    }
    return operation.gate() == Gate.X && !operation.controls().isEmpty() ? Shape.NOT : Shape.BOX;
  }

  private static String angles(Instruction instruction) {
    return instruction.angles().stream()
        .map(
            a ->
                instruction instanceof Operation
                    ? CircuitText.rounded(a, "π")
                    : CircuitText.strength(a))
        .collect(Collectors.joining(","));
  }

  private static SortedSet<String> sources(Instruction instruction) {
    SortedSet<String> sources = new TreeSet<>();
    for (Angle angle : instruction.angles()) {
      add(sources, angle.source());
      angle.factor().ifPresent(factor -> add(sources, factor.source()));
    }
    return sources;
  }

  private static void add(SortedSet<String> sources, Angle.Source source) {
    switch (source) {
      case FEATURE -> sources.add("feature");
      case WEIGHT -> sources.add("weight");
      case SAMPLE -> sources.add("sample");
      case CONSTANT -> {}
    }
  }

  /** Targets and controls from the top. */
  TreeSet<Integer> touched() {
    TreeSet<Integer> touched = new TreeSet<>(targets);
    touched.addAll(controls);
    return touched;
  }

  /** Whether a single box can stand on all targets. */
  boolean together() {
    TreeSet<Integer> sorted = new TreeSet<>(targets);
    return shape == Shape.BOX && sorted.last() - sorted.first() + 1 == sorted.size();
  }
}
