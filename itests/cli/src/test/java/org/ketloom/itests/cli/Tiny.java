package org.ketloom.itests.cli;

import java.util.List;
import java.util.stream.Stream;

/** Settings with which a step takes some milliseconds. */
final class Tiny {
  private static final List<String> SETTINGS =
      List.of(
          "data.options.size=8",
          "data.options.count=64",
          "training.batchSize=16",
          "training.sampleEvery=0",
          "model.options.channels=6,8",
          "model.options.embedding=8",
          "model.options.wires=3",
          "model.options.layers=1",
          "model.options.timesteps=4",
          "model.options.warmUp=0");

  private Tiny() {}

  /** Arguments of {@code train}. */
  static String[] train(String run, int epochs, String... more) {
    return Stream.of(
            Stream.of("train", "--data", "digits", "--run", run, "--epochs", "" + epochs),
            SETTINGS.stream().flatMap(s -> Stream.of("--set", s)),
            Stream.of(more))
        .flatMap(s -> s)
        .toArray(String[]::new);
  }
}
