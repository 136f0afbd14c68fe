package org.ketloom.itests.composition;

import java.util.List;
import java.util.Map;

/** The parts that the features hold, each with sets of options that a test goes through. */
final class Variants {

  /** Encodings by name. */
  static final Map<String, List<Map<String, Object>>> ENCODINGS =
      Map.of(
          "amplitude", List.of(Map.of(), Map.of("complex", true), Map.of("padding", 0.3)),
          "angle", List.of(Map.of(), Map.of("axis", "x", "scale", 0.5), Map.of("axis", "z")),
          "basis", List.of(Map.of()),
          "dense-angle", List.of(Map.of(), Map.of("scale", 2)),
          "phase", List.of(Map.of(), Map.of("scale", 2)),
          "reuploading",
              List.of(
                  Map.of(),
                  Map.of("rotations", "zyz", "uploads", 1),
                  Map.of("trainScale", false, "trainOffset", false)));

  /** Ansätze by name. */
  static final Map<String, List<Map<String, Object>>> ANSAETZE =
      Map.of(
          "cluster-state", List.of(Map.of(), Map.of("closed", true)),
          "cnot-line", List.of(Map.of()),
          "controlled-ring", List.of(Map.of()),
          "hardware-efficient", List.of(Map.of(), Map.of("rotations", "zy", "entangler", "line")),
          "sim", List.of(Map.of(), Map.of("circuit", 6), Map.of("circuit", 9)),
          "style", List.of(Map.of()),
          "two-qubit",
              List.of(
                  Map.of(),
                  Map.of("block", "general", "pattern", "line", "mixing", false),
                  Map.of("pattern", "brick")));

  /** Observable heads by name, for three wires. */
  static final Map<String, List<Map<String, Object>>> HEADS =
      Map.of(
          "adaptive",
              List.of(
                  Map.of(),
                  Map.of("locality", 2, "windows", "sliding"),
                  Map.of("locality", 1, "windows", "all", "copies", 2)),
          "pauli",
              List.of(Map.of(), Map.of("strings", List.of("X", "Z")), Map.of("strings", "YIX")));

  private Variants() {}
}
