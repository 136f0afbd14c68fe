package org.ketloom.metrics.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Progress;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.metrics.FeatureNetwork;
import org.ketloom.nn.Adam;
import org.ketloom.nn.Conv2d;
import org.ketloom.nn.Dense;
import org.ketloom.nn.Functions;
import org.ketloom.nn.Initializer;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.RandomStreams;
import org.ketloom.nn.Schedule;
import org.ketloom.nn.Tape;
import org.ketloom.nn.Variable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A small convolutional classifier: three convolutions of 3x3 (16, 32 and 64 channels, the last two
 * halve height and width), a dense layer whose values after its activation are the features, and
 * one that gives the classes.
 */
final class ClassifierNetwork implements FeatureNetwork {
  static final int DIMENSION = 64;

  private static final int BATCH = 128;
  private static final int APPLIED_TOGETHER = 250;
  private static final int NORMALISED_ON = 2000;
  private static final double RATE = 2e-3;
  private static final double WEIGHT_DECAY = 1e-2;
  private static final double LAST_RATE = 0.01;
  private static final double DROPOUT = 0.3;
  private static final double SLOPE = 0.1;

  /** Images are moved by up to a fourteenth of their side while training. */
  private static final int SHIFT = 14;

  private final ImageShape shape;
  private final List<String> classes;
  private final ParameterStore store;
  private final Tape tape = new Tape(DataType.FLOAT);
  private final Conv2d first;
  private final Conv2d second;
  private final Conv2d third;
  private final Dense features;
  private final Dense logits;
  private String description = "";
  private double scale = 1;

  ClassifierNetwork(ImageShape shape, List<String> classes, long seed) {
    this.shape = shape;
    this.classes = List.copyOf(classes);
    store = new ParameterStore(DataType.FLOAT, seed);
    first = conv("first", shape.channels(), 16, 1);
    second = conv("second", 16, 32, 2);
    third = conv("third", 32, 64, 2);
    int flat = 64 * quarter(shape.height()) * quarter(shape.width());
    features = new Dense(store, "features", flat, DIMENSION);
    logits = new Dense(store, "logits", DIMENSION, classes.size());
  }

  private Conv2d conv(String name, int in, int out, int stride) {
    return new Conv2d(store, name, in, out, 3, stride, 1, Initializer.kaiming());
  }

  /** Halved twice, rounding up. */
  private static int quarter(int side) {
    return (side + 3) / 4;
  }

  @Override
  public String description() {
    return description;
  }

  void describe(String text) {
    description = text;
  }

  @Override
  public int dimension() {
    return DIMENSION;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  Map<String, Tensor> state() {
    return store.state();
  }

  void restore(Map<String, Tensor> state) {
    store.restore(state);
  }

  /** Multiplies all features by a number. */
  void scale(double factor) {
    scale = factor;
  }

  /** Scales the features so that the mean of their squares is 1; the factor. */
  double normalise(Dataset data) {
    int n = Math.min(data.size(), NORMALISED_ON);
    double squares = 0;
    // Spread over all images: some data sets are in the order of their classes.
    int[] places = IntStream.range(0, n).map(i -> (int) ((long) i * data.size() / n)).toArray();
    for (float[] row : apply(data.get(places)).features()) {
      for (float value : row) {
        squares += (double) value * value;
      }
    }
    scale = squares == 0 ? 1 : Math.sqrt((double) n * DIMENSION / squares);
    return scale;
  }

  /** Trains it with AdamW, whatever the number of images, for some steps of 128. */
  void train(Dataset data, int steps, long seed, Progress progress) {
    int perEpoch = data.batchesPerEpoch(BATCH);
    Adam.Options options = Adam.Options.adamW(RATE, WEIGHT_DECAY);
    Schedule schedule = Schedule.warmUpCosine(Math.min(50, steps / 2), steps, LAST_RATE);
    try (Adam optimizer = new Adam(store, options, Map.of(), schedule)) {
      for (int step = 0, epoch = 0; step < steps; epoch++) {
        try (Dataset.Batches batches = data.batches(BATCH, seed, epoch, 0)) {
          for (int i = 0; i < perEpoch && step < steps; i++, step++) {
            learn(batches.next(), optimizer, seed, step);
            if (!progress.update(step + 1L, steps)) {
              throw new CancellationException("training the classifier was stopped");
            }
          }
        }
      }
    }
  }

  private void learn(ImageBatch batch, Adam optimizer, long seed, int step) {
    int n = batch.size();
    float[] pixels = new float[n * shape.size()];
    float[] target = new float[n * classes.size()];
    for (int i = 0; i < n; i++) {
      SplitMix64 random = RandomStreams.of(seed, "classifier", step, i);
      int most = Math.min(shape.height(), shape.width()) / SHIFT;
      int down = random.nextInt(-most, most + 1);
      int right = random.nextInt(-most, most + 1);
      moved(batch, i, down, right, pixels);
      target[i * classes.size() + batch.labels()[i]] = 1;
    }
    try {
      Variable h = features(tape.constant(pixels, n, shape.height(), shape.width(), channels()));
      h = Functions.dropout(h, DROPOUT, RandomStreams.of(seed, "dropout", step));
      Variable chances = logits.apply(h).softmax().add(1e-12);
      // Mean over the batch of -log of the right class's chance.
      Variable loss =
          chances.log().mul(tape.constant(target, n, classes.size())).sum().mul(-1.0 / n);
      double value = loss.scalar();
      if (!Double.isFinite(value)) {
        throw new ArithmeticException(
            "the classifier's loss became " + value + " at step " + (step + 1));
      }
      tape.backward(loss);
      store.clipGradients(1);
      optimizer.step();
    } finally {
      tape.clear();
      store.zeroGradients();
    }
  }

  /** Share of the images that it takes for what they are. */
  double accuracy(Dataset data) {
    int right = 0;
    for (int from = 0; from < data.size(); from += APPLIED_TOGETHER) {
      int to = Math.min(data.size(), from + APPLIED_TOGETHER);
      ImageBatch batch = data.get(IntStream.range(from, to).toArray());
      int[] seen = apply(batch).classes();
      for (int i = 0; i < seen.length; i++) {
        right += seen[i] == batch.labels()[i] ? 1 : 0;
      }
    }
    return (double) right / data.size();
  }

  @Override
  public Output apply(ImageBatch images) {
    if (!images.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "the classifier was trained on images of " + shape + ", found " + images.shape());
    }
    float[][] values = new float[images.size()][];
    int[] seen = new int[images.size()];
    for (int from = 0; from < images.size(); from += APPLIED_TOGETHER) {
      int n = Math.min(images.size() - from, APPLIED_TOGETHER);
      float[] pixels =
          Arrays.copyOfRange(images.pixels(), from * shape.size(), (from + n) * shape.size());
      try {
        int start = from;
        tape.withoutGradient(
            () -> {
              Variable h =
                  features(tape.constant(pixels, n, shape.height(), shape.width(), channels()));
              float[] found = h.mul(scale).toFloats();
              float[] scores = logits.apply(h).toFloats();
              int k = classes.size();
              for (int i = 0; i < n; i++) {
                values[start + i] = Arrays.copyOfRange(found, i * DIMENSION, (i + 1) * DIMENSION);
                seen[start + i] = greatest(Arrays.copyOfRange(scores, i * k, (i + 1) * k));
              }
              return h;
            });
      } finally {
        tape.clear();
      }
    }
    return new Output(values, seen);
  }

  private Variable features(Variable x) {
    Variable h = first.apply(x).leakyRelu(SLOPE);
    h = second.apply(h).leakyRelu(SLOPE);
    h = third.apply(h).leakyRelu(SLOPE);
    return features.apply(h.reshape(h.size(0), h.length() / h.size(0))).leakyRelu(SLOPE);
  }

  private int channels() {
    return shape.channels();
  }

  /** Copies an image of a batch, moved; what comes in from outside is dark. */
  private void moved(ImageBatch from, int image, int down, int right, float[] to) {
    int height = shape.height();
    int width = shape.width();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int sourceY = y - down;
        int sourceX = x - right;
        boolean inside = sourceY >= 0 && sourceY < height && sourceX >= 0 && sourceX < width;
        int at = ((image * height + sourceY) * width + sourceX) * channels();
        int place = ((image * height + y) * width + x) * channels();
        for (int c = 0; c < channels(); c++) {
          to[place + c] = inside ? from.pixels()[at + c] : -1;
        }
      }
    }
  }

  private static int greatest(float[] values) {
    int at = 0;
    for (int i = 1; i < values.length; i++) {
      at = values[i] > values[at] ? i : at;
    }
    return at;
  }

  @Override
  public void close() {
    tape.close();
    store.close();
  }
}
