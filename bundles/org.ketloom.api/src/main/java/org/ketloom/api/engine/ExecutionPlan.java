package org.ketloom.api.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a program does with a circuit, for people and for estimates.
 *
 * @param kernels what its loops are, and how the state lies in memory
 * @param stages passes over the state, in their order
 * @param left gates of the circuit that need no pass, each with the reason
 * @param workingBytes memory that a call needs for states and buffers, whatever the batch
 * @param blockBytes memory of the final state of a block of samples, kept for the backward sweep
 *     where it fits
 * @param samplesPerBlock samples of a block
 * @param numbersPerSample numbers that a sample's inputs, outputs and gradients are
 */
public record ExecutionPlan(
    String kernels,
    List<Stage> stages,
    List<String> left,
    long workingBytes,
    long blockBytes,
    int samplesPerBlock,
    long numbersPerSample) {

  /**
   * One pass over the state.
   *
   * @param gates gates or observables that became this stage
   * @param kernel how it is computed
   * @param group number of the group of stages that run on a part of the state one after another,
   *     while it is in the cache; -1 for none
   * @param flops floating-point operations per sample of the forward pass
   * @param bytes memory that is read and written per sample of the forward pass
   */
  public record Stage(String gates, String kernel, int group, double flops, double bytes) {}

  /** Copies the lists. */
  public ExecutionPlan {
    stages = List.copyOf(stages);
    left = List.copyOf(left);
  }

  /** Floating-point operations per sample of the forward pass; a backward sweep is about thrice. */
  public double flops() {
    return stages.stream().mapToDouble(Stage::flops).sum();
  }

  /** Memory that all final states of a batch take, in bytes. */
  public double keptBytes(int batch) {
    return Math.ceil(batch / (double) samplesPerBlock) * blockBytes;
  }

  /** Memory without which a batch can't be run: inputs, results and buffers, in bytes. */
  public double leastBytes(int batch) {
    return workingBytes + (double) Double.BYTES * batch * numbersPerSample;
  }

  /** The plan as lines of text, with the memory that a batch needs. */
  public List<String> lines(int batch) {
    List<String> lines = new ArrayList<>();
    lines.add(kernels);
    int width = stages.stream().mapToInt(s -> s.gates().length()).max().orElse(0);
    for (Stage stage : stages) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-9s %-" + Math.max(1, width) + "s  %s, %s flop, %s",
              stage.group() < 0 ? "" : "group " + stage.group(),
              stage.gates(),
              stage.kernel(),
              scaled(stage.flops()),
              size(stage.bytes())));
    }
    lines.addAll(left);
    lines.add(
        "forward pass: " + scaled(flops()) + " flop per sample; backward sweep: about 3 times");
    lines.add(
        "memory for "
            + batch
            + (batch == 1 ? " sample: " : " samples: ")
            + size(leastBytes(batch))
            + ", and "
            + size(keptBytes(batch))
            + " for the final states where the heap has room");
    return lines;
  }

  /** A number of bytes, for people. */
  public static String size(double bytes) {
    String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    int unit = 0;
    double value = bytes;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }

  private static String scaled(double number) {
    String[] units = {"", " k", " M", " G", " T", " P"};
    int unit = 0;
    double value = number;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f%s" : "%.1f%s", value, units[unit]);
  }
}
