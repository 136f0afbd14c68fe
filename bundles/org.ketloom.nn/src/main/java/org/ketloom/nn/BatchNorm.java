package org.ketloom.nn;

/**
 * Batch normalisation (Ioffe and Szegedy, "Batch normalization", 2015, algorithms 1 and 2) of the
 * last axis: in training by mean and variance of the batch, elsewhere by their running averages,
 * which are plain means over the first batches and forget exponentially after them.
 */
public final class BatchNorm {
  private final int channels;
  private final double epsilon;
  private final double momentum;
  private final Parameter gamma;
  private final Parameter beta;
  private final Parameter mean;
  private final Parameter variance;
  private final Parameter batches;

  /**
   * A layer that neither scales nor shifts at first.
   *
   * @param store of {@code name.weight} and {@code name.bias}
   * @param statistics of the running averages {@code name.mean} and {@code name.variance} and the
   *     number of batches in them: another store, because no optimizer changes them
   * @param epsilon added to the variance, usually 1e-5
   * @param momentum share of the new value in the running averages in the long run, usually 0.1
   */
  public BatchNorm(
      ParameterStore store,
      ParameterStore statistics,
      String name,
      int channels,
      double epsilon,
      double momentum) {
    this.channels = channels;
    this.epsilon = epsilon;
    this.momentum = momentum;
    gamma = store.create(name + ".weight", Groups.CLASSICAL, Initializer.constant(1), channels);
    beta = store.create(name + ".bias", Groups.CLASSICAL, Initializer.zeros(), channels);
    mean = statistics.create(name + ".mean", "statistics", Initializer.zeros(), channels);
    variance =
        statistics.create(name + ".variance", "statistics", Initializer.constant(1), channels);
    batches = statistics.create(name + ".batches", "statistics", Initializer.zeros(), 1);
  }

  /** What a batch is normalised by, and what becomes of the running averages. */
  public enum Mode {
    /** By the batch, whose mean and variance are taken into the running averages. */
    TRAIN,
    /** By the batch; the running averages stay as they are. */
    MEASURE,
    /** By the running averages, which stay as they are. */
    INFER
  }

  /**
   * Normalises.
   *
   * @param x {@code [batch, ..., channels]}, at least two rows of channels unless inferring
   */
  public Variable apply(Variable x, Mode mode) {
    return switch (mode) {
      case TRAIN -> train(x);
      case MEASURE -> measure(x);
      case INFER -> apply(x);
    };
  }

  /**
   * Normalises by the batch, and takes its mean and variance into the running averages.
   *
   * @param x {@code [batch, ..., channels]}, at least two rows of channels
   */
  public Variable train(Variable x) {
    long rows = rows(x);
    x.tape()
        .withoutGradient(
            () -> {
              Variable flat = x.reshape(rows, channels);
              Variable middle = flat.mean(0);
              // Deviations first: the difference of large squares has no digits left.
              Variable squares = flat.sub(middle).square().mean(0);
              update(middle.toDoubles(), squares.toDoubles(), rows);
              return null;
            });
    return measure(x);
  }

  /**
   * Normalises by the batch as {@link #train} does, and changes nothing.
   *
   * @param x {@code [batch, ..., channels]}, at least two rows of channels
   */
  public Variable measure(Variable x) {
    long rows = rows(x);
    // One sample whose groups are the channels: the batch is an axis like height and width.
    return Functions.groupNorm(
            x.reshape(1, rows, channels),
            channels,
            x.tape().parameter(gamma),
            x.tape().parameter(beta),
            epsilon)
        .reshape(x.shape());
  }

  /**
   * Normalises by the running averages.
   *
   * @param x {@code [batch, ..., channels]}
   */
  public Variable apply(Variable x) {
    Tape tape = x.tape();
    Variable scale =
        tape.parameter(gamma).div(tape.parameter(variance).detach().add(epsilon).sqrt());
    Variable shift = tape.parameter(beta).sub(tape.parameter(mean).detach().mul(scale));
    return x.mul(scale).add(shift);
  }

  private long rows(Variable x) {
    Shapes.require("batchNorm", "input", new long[] {x.size(-1)}, channels);
    long rows = x.length() / channels;
    if (rows < 2) {
      throw new IllegalArgumentException(
          "batchNorm: at least two rows are needed for a variance, found " + x);
    }
    return rows;
  }

  private void update(double[] batchMean, double[] batchVariance, long rows) {
    double[] means = Kernels.doubles(mean.value());
    double[] variances = Kernels.doubles(variance.value());
    double unbiased = rows / (rows - 1.0);
    double count = Kernels.doubles(batches.value())[0] + 1;
    double share = Math.max(momentum, 1 / count);
    for (int c = 0; c < channels; c++) {
      double spread = batchVariance[c] * unbiased;
      means[c] += share * (batchMean[c] - means[c]);
      variances[c] += share * (spread - variances[c]);
    }
    Kernels.write(mean.value(), means);
    Kernels.write(variance.value(), variances);
    // Counted as far as it matters: single precision ends at 2^24.
    Kernels.write(batches.value(), new double[] {Math.min(count, 1 / momentum + 1)});
  }
}
