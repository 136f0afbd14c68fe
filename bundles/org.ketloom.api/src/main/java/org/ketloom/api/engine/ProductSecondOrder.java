package org.ketloom.api.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ketloom.api.circuit.Circuit;

/**
 * Second derivatives of a circuit with products of angles. With the lowered circuit's angles {@code
 * p(x)}, and J their Jacobian, {@code H v = J^T H' J v + sum_p dL/dp (d^2 p/dx^2) v}, and the
 * metric is {@code J^T g' J}.
 */
final class ProductSecondOrder implements SecondOrder {
  private static final double[] NO_ROOM = {};

  private final ProductAngles products;
  private final Program program;
  private final SecondOrder second;

  /**
   * Makes it.
   *
   * @param program of the circuit without products, in double precision
   * @param second its second derivatives
   */
  ProductSecondOrder(ProductAngles products, Program program, SecondOrder second) {
    this.products = products;
    this.program = program;
    this.second = second;
  }

  @Override
  public double[] jvp(Inputs inputs, Direction direction) {
    Inputs lowered = products.inputs(inputs, NO_ROOM);
    return second.jvp(lowered, products.direction(inputs, direction));
  }

  @Override
  public Gradients hvp(Inputs inputs, double[] cotangents, Direction direction) {
    Inputs lowered = products.inputs(inputs, NO_ROOM);
    Gradients found =
        chained(inputs, second.hvp(lowered, cotangents, products.direction(inputs, direction)));
    products.addCurvature(
        direction, program.evaluate(lowered).vjp(cotangents).sampleAngles(), found, inputs.batch());
    return found;
  }

  @Override
  public Gradients metricProduct(Inputs inputs, Direction direction) {
    Inputs lowered = products.inputs(inputs, NO_ROOM);
    return chained(inputs, second.metricProduct(lowered, products.direction(inputs, direction)));
  }

  private Gradients chained(Inputs inputs, Gradients lowered) {
    Circuit circuit = products.circuit();
    Gradients found =
        new Gradients(
            lowered.features(),
            lowered.weights(),
            new double[inputs.batch() * circuit.sampleAngles()],
            lowered.hermitianEntries());
    products.chain(inputs, lowered, found);
    return found;
  }

  /** Blocks with weights that are in products are made of metric products, column by column. */
  @Override
  public List<double[]> metric(Inputs inputs, List<int[]> blocks) {
    List<double[]> metrics =
        new ArrayList<>(second.metric(products.inputs(inputs, NO_ROOM), blocks));
    for (int b = 0; b < blocks.size(); b++) {
      if (Arrays.stream(blocks.get(b)).anyMatch(products::multiplies)) {
        metrics.set(b, byColumns(inputs, blocks.get(b)));
      }
    }
    return List.copyOf(metrics);
  }

  private double[] byColumns(Inputs inputs, int[] block) {
    int k = block.length;
    double[] metric = new double[k * k];
    for (int column = 0; column < k; column++) {
      double[] unit = new double[products.circuit().weights()];
      unit[block[column]] = 1;
      double[] along = metricProduct(inputs, Direction.ofWeights(unit)).weights();
      for (int row = 0; row < k; row++) {
        metric[row * k + column] = along[block[row]];
      }
    }
    return metric;
  }
}
