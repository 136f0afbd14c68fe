package org.ketloom.itests.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Another implementation of the steps, measured by a command of its own. */
final class Beside {
  private static final Pattern MEDIAN = Pattern.compile("median ([0-9.]+) ms");

  private Beside() {}

  /**
   * Runs the command by the shell.
   *
   * @param subject first argument
   * @param threads second argument
   * @return milliseconds a step; empty if it prints nothing
   * @throws IllegalArgumentException if it fails or doesn't print a median
   */
  static OptionalDouble median(String command, String subject, int threads) throws IOException {
    String[] line = {"sh", "-c", command + " \"$@\"", "beside", subject, "" + threads};
    Process process =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int status;
    try {
      status = process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("--beside was interrupted", e);
    }
    Matcher median = MEDIAN.matcher(output);
    if (status == 0 && output.isEmpty()) {
      return OptionalDouble.empty();
    }
    if (status != 0 || !median.find()) {
      throw new IllegalArgumentException(
          "--beside: `%s %s %d` ended with status %d and printed \"%s\"; \"median 12.3 ms\" is expected"
              .formatted(command, subject, threads, status, output));
    }
    return OptionalDouble.of(Double.parseDouble(median.group(1)));
  }
}
