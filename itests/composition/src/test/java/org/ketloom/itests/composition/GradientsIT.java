package org.ketloom.itests.composition;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized.Parameters;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.Uploads;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.support.Services;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExamParameterized;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/**
 * Every encoding with every ansatz and every head, in all variants of their options: the circuit
 * composes, and the engine's gradients agree with central differences of its values. The ansatz
 * stands twice in each circuit, with weights and with angles per sample.
 */
@RunWith(PaxExamParameterized.class)
@ExamReactorStrategy(PerClass.class)
public class GradientsIT {
  private static final int WIRES = 3;
  private static final int BATCH = 2;
  private static final double STEP = 1e-5;

  /** Central differences of this step err by about 1e-10 in values of order 1. */
  private static final double TOLERANCE = 1e-8;

  private final Services services = new Services(GradientsIT.class);
  private final String encoding;
  private final String ansatz;
  private final String head;

  public GradientsIT(String encoding, String ansatz, String head) {
    this.encoding = encoding;
    this.ansatz = ansatz;
    this.head = head;
  }

  @Configuration
  public static Option[] container() {
    return CoreOptions.options(
        Container.base(), Container.features("core", "encodings", "ansaetze", "observables"));
  }

  @Parameters
  public static Collection<Object[]> combinations() {
    List<Object[]> combinations = new ArrayList<>();
    for (String encoding : new TreeSet<>(Variants.ENCODINGS.keySet())) {
      for (String ansatz : new TreeSet<>(Variants.ANSAETZE.keySet())) {
        for (String head : new TreeSet<>(Variants.HEADS.keySet())) {
          combinations.add(new Object[] {encoding, ansatz, head});
        }
      }
    }
    return combinations;
  }

  @Test
  public void gradientsAgreeWithFiniteDifferences() {
    for (Encoding e : variants(Encoding.class, encoding, Variants.ENCODINGS)) {
      for (Ansatz a : variants(Ansatz.class, ansatz, Variants.ANSAETZE)) {
        for (ObservableHead h : variants(ObservableHead.class, head, Variants.HEADS)) {
          check(e, a, h);
        }
      }
    }
  }

  private <P extends Part> List<P> variants(
      Class<P> kind, String name, Map<String, List<Map<String, Object>>> variants) {
    P part = services.await(kind, "(" + Part.NAME + "=" + name + ")");
    return variants.get(name).stream().map(o -> Options.with(part, name, o)).toList();
  }

  private void check(Encoding encoding, Ansatz ansatz, ObservableHead head) {
    String what = encoding + ", " + ansatz + ", " + head;
    CircuitBuilder builder = Circuit.builder(WIRES);
    // Fewer amplitudes than there is room for, so that the padding counts.
    int spare = String.valueOf(Options.values(encoding).get("padding")).equals("0.3") ? 3 : 0;
    Angles features = builder.features(encoding.capacity(WIRES) - spare);
    Uploads.append(builder, encoding, features, ansatz, 2, builder::weights);
    int[] shape = ansatz.angleShape(WIRES, 2).stream().mapToInt(Integer::intValue).toArray();
    ansatz.append(builder, 2, builder.sampleAngles(shape));
    head.append(builder);
    Circuit circuit = builder.build();
    assertEquals(what, head.outputs(WIRES), circuit.outputs());
    Program program = services.await(QuantumEngine.class).compile(circuit);

    SplittableRandom random = new SplittableRandom(7);
    Inputs inputs =
        new Inputs(
            BATCH,
            numbers(random, BATCH * circuit.features()),
            numbers(random, circuit.weights()),
            numbers(random, BATCH * circuit.sampleAngles()),
            numbers(random, circuit.hermitianEntries()));
    double[] cotangents = numbers(random, BATCH * circuit.outputs());
    Gradients gradients = program.evaluate(inputs).vjp(cotangents);
    ToDoubleFunction<Inputs> loss = at -> dot(cotangents, program.values(at));

    compare(what + ": features", gradients.features(), inputs.features(), inputs, loss);
    compare(what + ": weights", gradients.weights(), inputs.weights(), inputs, loss);
    compare(what + ": angles", gradients.sampleAngles(), inputs.sampleAngles(), inputs, loss);
    compare(
        what + ": Hermitian entries",
        gradients.hermitianEntries(),
        inputs.hermitianEntries(),
        inputs,
        loss);
    assertTrue(what + ": no feature matters", dot(gradients.features(), gradients.features()) > 0);
  }

  /** Moves one value of {@code array}, which belongs to the inputs, at a time. */
  private static void compare(
      String what,
      double[] gradient,
      double[] array,
      Inputs inputs,
      ToDoubleFunction<Inputs> loss) {
    assertEquals(what, array.length, gradient.length);
    for (int i = 0; i < array.length; i++) {
      double value = array[i];
      array[i] = value + STEP;
      double above = loss.applyAsDouble(inputs);
      array[i] = value - STEP;
      double below = loss.applyAsDouble(inputs);
      array[i] = value;
      assertEquals(what + " " + i, (above - below) / (2 * STEP), gradient[i], TOLERANCE);
    }
  }

  private static double[] numbers(SplittableRandom random, int count) {
    return random.doubles(count, -1, 1).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
