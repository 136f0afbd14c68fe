package org.ketloom.model.diffusion;

import java.util.Map;
import java.util.OptionalDouble;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.Program;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.nn.Dense;
import org.ketloom.nn.Initializer;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.QuantumLayer;
import org.ketloom.nn.Variable;

/**
 * What stands at the lowest level of the U-Net: features of the whole picture, of the time and of
 * the class go through a core (a circuit, or dense layers), and what comes out is added to the
 * picture's channels.
 */
final class Bottleneck {
  /** Features lie in +-pi: a whole turn for the encodings that make angles of them. */
  private static final double FEATURE_RANGE = Math.PI;

  private static final int MOST_DEFAULT_FEATURES = 64;

  /** Makes a bottleneck when the U-Net knows its sizes. */
  interface Factory {
    Bottleneck create(ParameterStore store, int height, int width, int channels, int embedding);
  }

  /** From features {@code [batch, F]} to outputs {@code [batch, K]}. */
  private interface Core {
    Variable apply(Variable features);
  }

  private final Dense ofPicture;
  private final Dense ofCondition;
  private final Core core;
  private final Dense toPicture;

  private Bottleneck(Dense ofPicture, Dense ofCondition, Core core, Dense toPicture) {
    this.ofPicture = ofPicture;
    this.ofCondition = ofCondition;
    this.core = core;
    this.toPicture = toPicture;
  }
