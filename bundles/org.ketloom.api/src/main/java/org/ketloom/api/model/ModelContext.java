package org.ketloom.api.model;

import java.util.Locale;
import java.util.Map;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Part;

/**
 * What a model is built with.
 *
 * @param images shape of the images
 * @param classes number of classes, at least 1
 * @param steps number of optimizer steps of the whole training, for schedules; at least 1
 * @param seed seed of the run
 * @param engine runs the circuits
 * @param parts the configured parts by slot
 * @param data fingerprint of the training data; empty if it isn't known
 * @param cache keeps what several runs have in common
 */
public record ModelContext(
    ImageShape images,
    int classes,
    long steps,
    long seed,
    QuantumEngine engine,
    Map<String, Part> parts,
    String data,
    TensorCache cache) {

  /** Copies the parts. */
  public ModelContext {
    parts = Map.copyOf(parts);
  }

  /** For data that isn't known, without a cache. */
  public ModelContext(
      ImageShape images,
      int classes,
      long steps,
      long seed,
      QuantumEngine engine,
      Map<String, Part> parts) {
    this(images, classes, steps, seed, engine, parts, "", TensorCache.NONE);
  }

  /**
   * Compiles a circuit with the engine.
   *
   * @throws IllegalArgumentException as {@link QuantumEngine#compile(Circuit)}, and if the engine
   *     doesn't offer the precision
   */
  public Program compile(Circuit circuit, Precision precision) {
    try {
      return engine.compile(circuit, precision);
    } catch (UnsupportedOperationException e) {
      throw new IllegalArgumentException(
          "model.options.precision is "
              + precision.name().toLowerCase(Locale.ROOT)
              + ", but "
              + e.getMessage(),
          e);
    }
  }

  /**
   * The part in a slot.
   *
   * @throws IllegalArgumentException if the slot is empty or holds a part of another kind
   */
  public <P extends Part> P part(String slot, Class<P> kind) {
    Part part = parts.get(slot);
    if (!kind.isInstance(part)) {
      throw new IllegalArgumentException(
          "slot \"" + slot + "\" needs a part of kind " + kind.getSimpleName());
    }
    return kind.cast(part);
  }
}
