package org.ketloom.model.lastqgan;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.annotation.Annotation;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.ketloom.ansatz.cnotline.CnotLineAnsatz;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.engine.statevector.StateVectorEngine;
import org.ketloom.latent.Trained;
import org.ketloom.nn.Adam;
import org.ketloom.nn.BatchNorm;
import org.ketloom.nn.RandomStreams;
import org.ketloom.nn.Schedule;
import org.ketloom.nn.Tape;
import org.ketloom.nn.Variable;
import org.ketloom.tck.TestContext;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Medians of one generator step at batch 128 on two threads: noise to angles, circuit, critic, and
 * everything back, and Adam. Not among the tests of a build; {@code mvn verify -Dtest=Timings} runs
 * it.
 */
class Timings {
  private static final int BATCH = 128;

  @Test
  void generatorSteps() {
    StateVectorEngine engine =
        new StateVectorEngine(
            new StateVectorEngine.Config() {
              @Override
              public int threads() {
                return 2;
              }

              @Override
              public Class<? extends Annotation> annotationType() {
                return StateVectorEngine.Config.class;
              }
            });
    Part a = Fixtures.PARTS.get(LastQgan.ANSATZ);
    measure(engine, "A, 10 qubits, 6 layers", Options.defaults(LastQgan.class), a);
    measure(
        engine, "B, 10 qubits, 6 layers", Options.defaults(LastQgan.class), new CnotLineAnsatz());
  }

  private static void measure(
      StateVectorEngine engine, String name, LastQgan options, Part ansatz) {
    TestContext context =
        TestContext.of(new ImageShape(1, 28, 28), engine)
            .withClasses(10)
            .withParts(Fixtures.PARTS)
            .withPart(LastQgan.ANSATZ, ansatz);
    Circuit circuit = StyleCircuit.circuit(options, context);
    try (Trained made = new Trained("generator", 1);
        Trained criticWeights = new Trained("critic", 1);
        Tape tape = new Tape(DataType.FLOAT)) {
      Generator generator = new StyleCircuit(made.store(), options, engine.compile(circuit));
      Critic critic = new Critic(criticWeights.store(), options);
      made.optimizer(
          new Adam(made.store(), Adam.Options.adam(1e-3), Map.of(), Schedule.constant()));
      double[] real = RandomStreams.of(1, "real").doubles(BATCH * 20, -1, 1).toArray();
      Critic.Moments moments = Critic.Moments.of(real, 20);
      double[] noise = RandomStreams.of(1, "noise").doubles(BATCH * 10, -2, 2).toArray();
      Supplier<Variable> forward =
          () -> generator.apply(tape.constant(noise, BATCH, 10), BatchNorm.Mode.TRAIN);
      double values =
          median(
              () -> {
                tape.withoutGradient(forward);
                tape.clear();
              });
      double step =
          median(
              () -> {
                Variable loss =
                    critic.generatorLoss(
                        LastQgan.Loss.WASSERSTEIN,
                        forward.get(),
                        moments,
                        RandomStreams.of(1, "dropout"));
                tape.backward(loss, made.store());
                made.step();
                tape.clear();
              });
      double criticStep =
          median(
              () -> {
                Critic.Result result =
                    critic.loss(
                        options,
                        tape.constant(real, BATCH, 20),
                        tape.constant(real, BATCH, 20),
                        new double[BATCH],
                        moments,
                        RandomStreams.of(1, "dropout"));
                tape.backward(result.loss(), criticWeights.store());
                criticWeights.store().zeroGradients();
                tape.clear();
              });
      System.out.printf(
          "%s: values %.1f ms, generator step %.1f ms, critic's gradients %.1f ms%n",
          name, values, step, criticStep);
      assertTrue(step > 0);
    }
  }

  private static double median(Runnable work) {
    for (int i = 0; i < 15; i++) {
      work.run();
    }
    double[] times = new double[25];
    for (int i = 0; i < times.length; i++) {
      long begin = System.nanoTime();
      work.run();
      times[i] = (System.nanoTime() - begin) / 1e6;
    }
    Arrays.sort(times);
    return times[times.length / 2];
  }
}
