package org.ketloom.api.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Instruction;
import org.ketloom.api.circuit.Operation;

/**
 * Products of angles for engines that know none: the circuit is compiled with a per-sample angle in
 * place of each product, and the program around it computes the products, and takes derivatives
 * back through them by the chain rule.
 *
 * <pre>{@code
 * public Program compile(Circuit circuit, Precision precision) {
 *   return ProductAngles.compile(circuit, precision, this::compileWithoutProducts);
 * }
 * }</pre>
 */
public final class ProductAngles {

  /** {@code source[index] * (factor)}, and the per-sample angle that takes its place. */
  private record Product(Angle.Source source, int index, Angle.Factor factor) {
    @Override
    public String toString() {
      return new Angle(source, index, 1, 0, Optional.of(factor)).toString();
    }
  }

  private final Circuit circuit;
  private final Circuit lowered;
  private final List<Product> products;

  private ProductAngles(Circuit circuit) {
    Map<Product, Integer> places = new LinkedHashMap<>();
    this.circuit = circuit;
    this.lowered = circuit.map((builder, instruction) -> lower(builder, instruction, places));
    this.products = List.copyOf(places.keySet());
  }

  /**
   * Compiles a circuit; one without products becomes what the compiler makes of it, and nothing
   * else.
   *
   * @param compiler compiles circuits without products
   * @throws IllegalArgumentException as the compiler does
   */
  public static Program compile(
      Circuit circuit, Precision precision, BiFunction<Circuit, Precision, Program> compiler) {
    boolean none =
        circuit.operations().stream()
            .allMatch(o -> o.angles().stream().allMatch(a -> a.factor().isEmpty()));
    if (none) {
      return compiler.apply(circuit, precision);
    }
    ProductAngles products = new ProductAngles(circuit);
    Program program = compiler.apply(products.lowered, precision);
    return new ProductProgram(
        products,
        program,
        precision == Precision.DOUBLE
            ? () -> program
            : () -> compiler.apply(products.lowered, Precision.DOUBLE));
  }

  private static void lower(
      CircuitBuilder builder, Instruction instruction, Map<Product, Integer> places) {
    if (!(instruction instanceof Operation operation)) {
      builder.append(instruction);
      return;
    }
    List<Angle> angles = new ArrayList<>();
    for (Angle angle : operation.angles()) {
      angles.add(
          angle
              .factor()
              .map(
                  factor -> {
                    int place =
                        places.computeIfAbsent(
                            new Product(angle.source(), angle.index(), factor),
                            p -> builder.sampleAngles(1).first());
                    return new Angle(Angle.Source.SAMPLE, place, angle.scale(), angle.offset());
                  })
              .orElse(angle));
    }
    builder.append(
        new Operation(
            operation.gate(), operation.wires(), operation.controls(), angles, operation.matrix()));
  }

  /** The circuit with its products. */
  Circuit circuit() {
    return circuit;
  }

  /** Number of products that differ. */
  int count() {
    return products.size();
  }

  private int rowLength() {
    return circuit.sampleAngles() + products.size();
  }

  /** Whether the weight is in a product. */
  boolean multiplies(int weight) {
    return products.stream()
        .anyMatch(
            p ->
                (p.source == Angle.Source.WEIGHT && p.index == weight)
                    || (p.factor.source() == Angle.Source.WEIGHT && p.factor.index() == weight));
  }

  /**
   * The inputs with the products as further per-sample angles.
   *
   * @param room used again if it has the right length
   * @throws IllegalArgumentException if the inputs don't fit the circuit, or a product is too large
   *     for a number
   */
  Inputs inputs(Inputs inputs, double[] room) {
    inputs.requireShape(circuit);
    int batch = inputs.batch();
    int width = rowLength();
    int given = circuit.sampleAngles();
    int length = Math.multiplyExact(batch, width);
    double[] angles = room.length == length ? room : new double[length];
    for (int b = 0; b < batch; b++) {
      System.arraycopy(inputs.sampleAngles(), b * given, angles, b * width, given);
      for (int p = 0; p < products.size(); p++) {
        double value = first(p, inputs, b) * second(p, inputs, b);
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException(
              "the product "
                  + products.get(p)
                  + " of sample "
                  + b
                  + " is "
                  + value
                  + ", expected a finite number");
        }
        angles[b * width + given + p] = value;
      }
    }
    return new Inputs(
        batch, inputs.features(), inputs.weights(), angles, inputs.hermitianEntries());
  }

  /**
   * The direction in which inputs with products move.
   *
   * @throws IllegalArgumentException if the direction doesn't fit the circuit
   */
  Direction direction(Inputs inputs, Direction direction) {
    direction.requireShape(circuit, inputs.batch());
    int width = rowLength();
    int given = circuit.sampleAngles();
    double[] angles = new double[Math.multiplyExact(inputs.batch(), width)];
    for (int b = 0; b < inputs.batch(); b++) {
      if (direction.sampleAngles().length > 0) {
        System.arraycopy(direction.sampleAngles(), b * given, angles, b * width, given);
      }
      for (int p = 0; p < products.size(); p++) {
        angles[b * width + given + p] =
            firstRate(p, direction, b) * second(p, inputs, b)
                + first(p, inputs, b) * secondRate(p, direction, b);
      }
    }
    return new Direction(
        direction.features(), direction.weights(), angles, direction.hermitianEntries());
  }

  /**
   * Gradients of the lowered circuit, whose features, weights and Hermitian entries are those of
   * {@code into}: a sweep that writes them spares a copy.
   */
  Gradients room(Gradients into, int batch, double[] angles) {
    int length = Math.multiplyExact(batch, rowLength());
    return new Gradients(
        into.features(),
        into.weights(),
        angles.length == length ? angles : new double[length],
        into.hermitianEntries());
  }

  /** Takes derivatives by the products back to what they are made of. */
  void chain(Inputs inputs, Gradients lowered, Gradients into) {
    int width = rowLength();
    int given = circuit.sampleAngles();
    for (int b = 0; b < inputs.batch(); b++) {
      System.arraycopy(lowered.sampleAngles(), b * width, into.sampleAngles(), b * given, given);
      for (int p = 0; p < products.size(); p++) {
        double derivative = lowered.sampleAngles()[b * width + given + p];
        addFirst(p, into, b, derivative * second(p, inputs, b));
        addSecond(p, into, b, derivative * first(p, inputs, b));
      }
    }
  }

  /**
   * Adds what the curvature of the products themselves has in a Hessian-vector product.
   *
   * @param angles derivatives by the lowered circuit's per-sample angles
   */
  void addCurvature(Direction direction, double[] angles, Gradients into, int batch) {
    int width = rowLength();
    for (int b = 0; b < batch; b++) {
      for (int p = 0; p < products.size(); p++) {
        double derivative = angles[b * width + circuit.sampleAngles() + p];
        addFirst(p, into, b, derivative * secondRate(p, direction, b));
        addSecond(p, into, b, derivative * firstRate(p, direction, b));
      }
    }
  }

  private double first(int product, Inputs inputs, int sample) {
    Product p = products.get(product);
    return read(p.source, p.index, inputs, sample);
  }

  private double second(int product, Inputs inputs, int sample) {
    Angle.Factor factor = products.get(product).factor;
    return read(factor.source(), factor.index(), inputs, sample) + factor.offset();
  }

  private double read(Angle.Source source, int index, Inputs inputs, int sample) {
    return switch (source) {
      case CONSTANT -> 0;
      case FEATURE -> inputs.features()[sample * circuit.features() + index];
      case WEIGHT -> inputs.weights()[index];
      case SAMPLE -> inputs.sampleAngles()[sample * circuit.sampleAngles() + index];
    };
  }

  private double firstRate(int product, Direction direction, int sample) {
    Product p = products.get(product);
    return rate(p.source, p.index, direction, sample);
  }

  private double secondRate(int product, Direction direction, int sample) {
    Angle.Factor factor = products.get(product).factor;
    return rate(factor.source(), factor.index(), direction, sample);
  }

  private double rate(Angle.Source source, int index, Direction direction, int sample) {
    return switch (source) {
      case CONSTANT -> 0;
      case FEATURE -> at(direction.features(), sample * circuit.features() + index);
      case WEIGHT -> at(direction.weights(), index);
      case SAMPLE -> at(direction.sampleAngles(), sample * circuit.sampleAngles() + index);
    };
  }

  /** An empty array stands for zeros. */
  private static double at(double[] values, int index) {
    return values.length == 0 ? 0 : values[index];
  }

  private void addFirst(int product, Gradients into, int sample, double value) {
    Product p = products.get(product);
    add(p.source, p.index, into, sample, value);
  }

  private void addSecond(int product, Gradients into, int sample, double value) {
    Angle.Factor factor = products.get(product).factor;
    add(factor.source(), factor.index(), into, sample, value);
  }

  private void add(Angle.Source source, int index, Gradients into, int sample, double value) {
    switch (source) {
      case CONSTANT -> {}
      case FEATURE -> into.features()[sample * circuit.features() + index] += value;
      case WEIGHT -> into.weights()[index] += value;
      case SAMPLE -> into.sampleAngles()[sample * circuit.sampleAngles() + index] += value;
    }
  }
}
