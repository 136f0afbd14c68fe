package org.ketloom.tck;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.TensorCache;
import org.ketloom.api.part.Part;

/**
 * A model's context for the unit tests of models, which runs get from the platform.
 *
 * @param images shape of the images
 * @param classes number of classes, at least 1
 * @param steps optimizer steps of the whole training, at least 1
 * @param seed seed of the run
 * @param engine runs the circuits
 * @param parts the configured parts by slot
 * @param data fingerprint of the training data, if it is known
 * @param cache keeps what several runs have in common
 * @param convolutions computes the networks' convolutions; empty for ND4J's own
 */
public record TestContext(
    ImageShape images,
    int classes,
    long steps,
    long seed,
    QuantumEngine engine,
    Map<String, Part> parts,
    Optional<String> data,
    TensorCache cache,
    Optional<ConvolutionEngine> convolutions)
    implements ModelContext {

  /** Copies the parts and checks the ranges. */
  public TestContext {
    if (classes < 1 || steps < 1) {
      throw new IllegalArgumentException(
          "at least 1 class and 1 step are expected, found " + classes + " and " + steps);
    }
    parts = Map.copyOf(parts);
  }

  /** One class, 100 steps, seed 1, no parts, data that isn't known, no cache. */
  public static TestContext of(ImageShape images, QuantumEngine engine) {
    return new TestContext(
        images, 1, 100, 1, engine, Map.of(), Optional.empty(), TensorCache.NONE, Optional.empty());
  }

  /** The same with so many classes. */
  public TestContext withClasses(int number) {
    return new TestContext(images, number, steps, seed, engine, parts, data, cache, convolutions);
  }

  /** The same for a training of so many steps. */
  public TestContext withSteps(long number) {
    return new TestContext(images, classes, number, seed, engine, parts, data, cache, convolutions);
  }

  /** The same with another seed. */
  public TestContext withSeed(long other) {
    return new TestContext(images, classes, steps, other, engine, parts, data, cache, convolutions);
  }

  /** The same with another engine. */
  public TestContext withEngine(QuantumEngine other) {
    return new TestContext(images, classes, steps, seed, other, parts, data, cache, convolutions);
  }

  /** The same with a part in a slot, in place of what was in it. */
  public TestContext withPart(String slot, Part part) {
    Map<String, Part> all = new LinkedHashMap<>(parts);
    all.put(slot, part);
    return new TestContext(images, classes, steps, seed, engine, all, data, cache, convolutions);
  }

  /** The same with other parts, by slot. */
  public TestContext withParts(Map<String, ? extends Part> all) {
    return new TestContext(
        images, classes, steps, seed, engine, Map.copyOf(all), data, cache, convolutions);
  }

  /** The same with the fingerprint of the training data. */
  public TestContext withData(String fingerprint) {
    return new TestContext(
        images, classes, steps, seed, engine, parts, Optional.of(fingerprint), cache, convolutions);
  }

  @Override
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

  /** The same with a cache. */
  public TestContext withCache(TensorCache other) {
    return new TestContext(images, classes, steps, seed, engine, parts, data, other, convolutions);
  }

  /** The same with what computes convolutions. */
  public TestContext withConvolutions(ConvolutionEngine other) {
    return new TestContext(
        images, classes, steps, seed, engine, parts, data, cache, Optional.of(other));
  }
}
