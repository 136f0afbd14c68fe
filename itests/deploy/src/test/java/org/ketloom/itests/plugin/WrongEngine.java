package org.ketloom.itests.plugin;

import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The right values, and gradients of weights that are a little too large. */
@Component(
    service = QuantumEngine.class,
    property = {Part.NAME + "=wrong", "service.ranking:Integer=5"})
public final class WrongEngine implements QuantumEngine {
  private final QuantumEngine right;

  /** Called by the framework. */
  @Activate
  public WrongEngine(@Reference(target = "(ketloom.part.name=statevector)") QuantumEngine right) {
    this.right = right;
  }

  @Override
  public Program compile(Circuit circuit) {
    Program program = right.compile(circuit);
    return new Program() {
      @Override
      public Circuit circuit() {
        return circuit;
      }

      @Override
      public double[] values(Inputs inputs) {
        return program.values(inputs);
      }

      @Override
      public Evaluation evaluate(Inputs inputs) {
        Evaluation evaluation = program.evaluate(inputs);
        return new Evaluation() {
          @Override
          public double[] outputs() {
            return evaluation.outputs();
          }

          @Override
          public Gradients vjp(double[] cotangents) {
            Gradients gradients = evaluation.vjp(cotangents);
            double[] weights = gradients.weights().clone();
            for (int i = 0; i < weights.length; i++) {
              weights[i] *= 1.01;
            }
            return new Gradients(
                gradients.features(),
                weights,
                gradients.sampleAngles(),
                gradients.hermitianEntries());
          }
        };
      }
    };
  }
}
