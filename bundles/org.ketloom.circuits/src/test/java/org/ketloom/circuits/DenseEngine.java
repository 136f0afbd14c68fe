package org.ketloom.circuits;

import java.util.Arrays;
import java.util.List;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.ExecutionPlan;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;

/** Slow and plain: dense matrices, and gradients by differences of fourth order. */
public final class DenseEngine implements QuantumEngine {
  private static final double STEP = 1e-3;

  @Override
  public Program compile(Circuit circuit) {
    return new Program() {
      @Override
      public Circuit circuit() {
        return circuit;
      }

      @Override
      public ExecutionPlan plan() {
        var stage = new ExecutionPlan.Stage("all gates", "dense", -1, 2e6, 2048);
        return new ExecutionPlan(
            "dense matrices", List.of(stage), List.of("nothing left"), 4096, 1024, 1, 10);
      }

      @Override
      public double[] values(Inputs inputs) {
        double[] all = new double[inputs.batch() * circuit.outputs()];
        for (int b = 0; b < inputs.batch(); b++) {
          double[] one =
              DenseSimulator.outputs(
                  circuit,
                  row(inputs.features(), b, circuit.features()),
                  inputs.weights(),
                  row(inputs.sampleAngles(), b, circuit.sampleAngles()),
                  inputs.hermitianEntries());
          System.arraycopy(one, 0, all, b * one.length, one.length);
        }
        return all;
      }

      @Override
      public Evaluation evaluate(Inputs inputs) {
        double[] outputs = values(inputs);
        Program program = this;
        return new Evaluation() {
          @Override
          public double[] outputs() {
            return outputs;
          }

          @Override
          public Gradients vjp(double[] cotangents) {
            return new Gradients(
                gradient(program, inputs, inputs.features(), cotangents),
                gradient(program, inputs, inputs.weights(), cotangents),
                gradient(program, inputs, inputs.sampleAngles(), cotangents),
                gradient(program, inputs, inputs.hermitianEntries(), cotangents));
          }
        };
      }
    };
  }

  /** Differentiates by the entries of one of the inputs' arrays, moving them in place. */
  private static double[] gradient(
      Program program, Inputs inputs, double[] array, double[] cotangents) {
    double[] gradient = new double[array.length];
    for (int i = 0; i < array.length; i++) {
      double at = array[i];
      double sum = 0;
      for (double[] point : new double[][] {{-2, 1}, {-1, -8}, {1, 8}, {2, -1}}) {
        array[i] = at + point[0] * STEP;
        double[] values = program.values(inputs);
        for (int k = 0; k < values.length; k++) {
          sum += point[1] * cotangents[k] * values[k];
        }
      }
      array[i] = at;
      gradient[i] = sum / (12 * STEP);
    }
    return gradient;
  }

  private static double[] row(double[] values, int row, int length) {
    return Arrays.copyOfRange(values, row * length, (row + 1) * length);
  }
}
