package org.ketloom.model.diffusion;

import java.lang.annotation.Annotation;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.engine.statevector.StateVectorEngine;

/** The state vector engine without a container. */
final class TestEngine {
  private TestEngine() {}

  /**
   * An engine.
   *
   * @param threads 0 for one per processor
   */
  static QuantumEngine of(int threads) {
    return new StateVectorEngine(
        new StateVectorEngine.Config() {
          @Override
          public int threads() {
            return threads;
          }

          @Override
          public Class<? extends Annotation> annotationType() {
            return StateVectorEngine.Config.class;
          }
        });
  }
}
