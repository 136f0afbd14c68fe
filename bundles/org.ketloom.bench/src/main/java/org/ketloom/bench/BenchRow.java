package org.ketloom.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What was measured of a circuit, as a row of a table.
 *
 * @param key which circuit it was and how it was measured: text by column
 * @param values what was found: a number by column, NaN where there is none
 * @param spectrum of the normalised Fisher information, as in {@link Trainability}; empty if it
 *     wasn't measured
 */
public record BenchRow(Map<String, String> key, Map<String, Double> values, List<Double> spectrum) {
  /** Columns of the key. */
  public static final List<String> KEYS =
      List.of(
          "encoding",
          "ansatz",
          "options",
          "wires",
          "layers",
          "angles",
          "features",
          "gates",
          "depth",
          "pairs",
          "estimator",
          "bins",
          "entropies",
          "initialisations",
          "seed",
          "circuit");

  /** Columns of the values. */
  public static final List<String> VALUES =
      List.of(
          "expressibility",
          "expressibilityError",
          "bias",
          "floor",
          "floorDeviation",
          "atFloor",
          "entanglement",
          "entanglementDeviation",
          "entanglementError",
          "haarEntanglement",
          "entropy",
          "entropyDeviation",
          "entropyError",
          "haarEntropy",
          "framePotential1",
          "framePotential1Error",
          "haarFramePotential1",
          "framePotential2",
          "framePotential2Error",
          "haarFramePotential2",
          "framePotential3",
          "framePotential3Error",
          "haarFramePotential3",
          "gradientVariance",
          "gradientVarianceError",
          "fisherRank",
          "effectiveDimension");

  /** Column of the spectrum, whose eigenvalues are separated by blanks. */
  public static final String SPECTRUM = "fisherSpectrum";

  /** Characters of the circuit's fingerprint. */
  private static final int FINGERPRINT = 16;

  /** Copies all. */
  public BenchRow {
    key = new LinkedHashMap<>(key);
    values = new LinkedHashMap<>(values);
    spectrum = List.copyOf(spectrum);
  }

  /** The key of a circuit that is measured so. */
  static Map<String, String> key(BenchCase circuit, BenchSettings settings) {
    Map<String, String> key = new LinkedHashMap<>();
    int wires = circuit.circuit().wires();
    key.put("encoding", circuit.encoding());
    key.put("ansatz", circuit.ansatz());
    key.put("options", circuit.options());
    key.put("wires", "" + wires);
    key.put("layers", "" + circuit.layers());
    key.put("angles", "" + circuit.circuit().sampleAngles());
    key.put("features", "" + circuit.circuit().features());
    key.put("gates", "" + circuit.circuit().operations().size());
    key.put("depth", "" + circuit.circuit().depth());
    key.put("pairs", "" + settings.pairs());
    key.put("estimator", word(settings.estimator().orElse(Estimator.of(wires))));
    key.put("bins", "" + settings.bins());
    key.put("entropies", "" + settings.entropies());
    key.put("initialisations", "" + settings.initialisations());
    key.put("seed", "" + settings.seed());
    key.put("circuit", circuit.circuit().fingerprint().substring(0, FINGERPRINT));
    return key;
  }

  /** A row of figures. */
  static BenchRow of(
      BenchCase circuit, BenchSettings settings, StateFigures figures, Trainability trainability) {
    int wires = circuit.circuit().wires();
    Map<String, Double> values = new LinkedHashMap<>();
    Expressibility e = figures.expressibility();
    values.put("expressibility", e.divergence());
    values.put("expressibilityError", e.error());
    values.put("bias", e.bias());
    values.put("floor", e.floor().mean());
    values.put("floorDeviation", e.floor().deviation());
    values.put("atFloor", e.atFloor() ? 1.0 : 0.0);
    Summary q = figures.entanglement().meyerWallach();
    values.put("entanglement", q.mean());
    values.put("entanglementDeviation", q.deviation());
    values.put("entanglementError", q.error());
    values.put("haarEntanglement", Entanglement.ofHaar(wires));
    Summary entropy = figures.entanglement().entropy();
    values.put("entropy", entropy.mean());
    values.put("entropyDeviation", entropy.deviation());
    values.put("entropyError", entropy.error());
    values.put("haarEntropy", wires < 2 ? Double.NaN : Entanglement.entropyOfHaar(wires));
    HaarFidelity haar = new HaarFidelity(wires);
    for (int t = 1; t <= figures.framePotentials().size(); t++) {
      Summary potential = figures.framePotentials().get(t - 1);
      values.put("framePotential" + t, potential.mean());
      values.put("framePotential" + t + "Error", potential.error());
      values.put("haarFramePotential" + t, haar.framePotential(t));
    }
    values.put("gradientVariance", trainability.gradientVariance());
    values.put("gradientVarianceError", trainability.gradientVarianceError());
    values.put("fisherRank", trainability.fisherRank());
    values.put("effectiveDimension", trainability.effectiveDimension());
    return new BenchRow(key(circuit, settings), values, trainability.spectrum());
  }

  private static String word(Estimator estimator) {
    return estimator.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A text of the key. */
  public String text(String column) {
    return Objects.requireNonNull(key.get(column), column);
  }

  /** A number that was found. */
  public double value(String column) {
    return Objects.requireNonNull(values.get(column), column);
  }

  /** Wires of the circuit. */
  public int wires() {
    return Integer.parseInt(text("wires"));
  }

  /** Layers of the circuit. */
  public int layers() {
    return Integer.parseInt(text("layers"));
  }

  /** Whether the circuit can't be told from random states. */
  public boolean atFloor() {
    return value("atFloor") == 1;
  }

  /** Parts and options. */
  public String title() {
    List<String> words = new ArrayList<>();
    for (String part : List.of(text("encoding"), text("ansatz"))) {
      if (!part.isEmpty()) {
        words.add(part);
      }
    }
    String parts = String.join(" + ", words);
    return text("options").isEmpty() ? parts : parts + " " + text("options");
  }
}
