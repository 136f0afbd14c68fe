package org.ketloom.itests.plugin;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.Progress;
import org.ketloom.api.model.StepResult;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;

/** Learns a value per class with a circuit of three wires, by gradient descent with momentum. */
final class Tiny implements GenerativeModel<Tiny.Sampling> {
  static final double POISON = -1000;
  private static final int WIRES = 3;

  private final ImageShape images;
  private final Program program;
  private final double[] weights;
  private final double[] momentum;
  private double scale = 1;
  private int trained;

  Tiny(ModelContext context) {
    images = context.images();
    CircuitBuilder builder = Circuit.builder(WIRES);
    context.part("encoding", Encoding.class).append(builder, builder.features(WIRES));
    Ansatz ansatz = context.part("ansatz", Ansatz.class);
    int[] shape = ansatz.angleShape(WIRES, 2).stream().mapToInt(Integer::intValue).toArray();
    ansatz.append(builder, 2, builder.weights(shape));
    context.part("observable", ObservableHead.class).append(builder);
    program = context.compile(builder.build());
    weights = new Random(context.seed()).doubles(program.circuit().weights()).toArray();
    momentum = new double[weights.length];
  }

  @Override
  public Map<String, Circuit> circuits() {
    return Map.of("tiny", program.circuit());
  }

  @Override
  public Map<String, Long> parameters() {
    return Map.of("classical", 1L, "circuit", (long) weights.length);
  }

  /**
   * What a batch asks for.
   *
   * @param cotangents of the circuit's outputs
   * @param ofScale gradient of the loss for the scale
   */
  private record Errors(Evaluation evaluation, double loss, double[] cotangents, double ofScale) {}

  private Errors errors(ImageBatch batch) {
    int n = batch.size();
    double[] features = new double[n * WIRES];
    for (int b = 0; b < n; b++) {
      for (int p = 0; p < images.size(); p++) {
        features[b * WIRES + p % WIRES] +=
            Math.PI * batch.pixels()[b * images.size() + p] * WIRES / images.size();
      }
    }
    Evaluation evaluation = program.evaluate(Inputs.of(n, features, weights));
    double[] z = evaluation.outputs();
    double[] cotangents = new double[z.length];
    double loss = 0;
    double ofScale = 0;
    for (int i = 0; i < z.length; i++) {
      int outputs = z.length / n;
      double error = scale * z[i] - Math.cos(batch.labels()[i / outputs] + i % outputs);
      loss += error * error / z.length;
      cotangents[i] = 2 * error * scale / z.length;
      ofScale += 2 * error * z[i] / z.length;
    }
    return new Errors(evaluation, loss, cotangents, ofScale);
  }

  @Override
  public StepResult train(ImageBatch batch, long step) {
    trained++;
    Errors errors = errors(batch);
    Gradients gradients = errors.evaluation().vjp(errors.cotangents());
    for (int i = 0; i < weights.length; i++) {
      momentum[i] = 0.9 * momentum[i] + gradients.weights()[i];
      weights[i] -= 0.05 * momentum[i];
    }
    scale -= 0.05 * errors.ofScale();
    return StepResult.of(poisoned() ? Double.NaN : errors.loss());
  }

  @Override
  public double loss(ImageBatch batch, long step) {
    return errors(batch).loss();
  }

  private boolean poisoned() {
    return program.circuit().operations().stream()
        .flatMap(o -> o.angles().stream())
        .anyMatch(
            a ->
                a.source() == Angle.Source.CONSTANT
                    && a.offset() <= POISON
                    && trained > POISON - a.offset());
  }

  /** Nothing to choose. */
  record Sampling() {}

  @Override
  public Sampling samplingOptions() {
    return new Sampling();
  }

  @Override
  public ImageBatch sample(int[] labels, long seed, Sampling options, Progress progress) {
    return new Drawing(images, scale).of(labels);
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put("circuit", Tensor.of(weights.clone()));
    state.put("momentum", Tensor.of(momentum.clone()));
    state.put("scale", Tensor.of(new double[] {scale}));
    return state;
  }

  @Override
  public void restore(Map<String, Tensor> state) {
    if (state.get("circuit").doubles().length != weights.length) {
      throw new IllegalArgumentException("circuit has " + weights.length + " weights");
    }
    System.arraycopy(state.get("circuit").doubles(), 0, weights, 0, weights.length);
    System.arraycopy(state.get("momentum").doubles(), 0, momentum, 0, weights.length);
    scale = state.get("scale").doubles()[0];
  }

  @Override
  public void close() {}
}
