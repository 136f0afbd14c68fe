package org.ketloom.itests.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Times of other simulators on the same circuits.
 *
 * @param source where the figures come from
 * @param machine what they were measured on
 * @param peers the simulators in the order of the table's columns
 */
record Peers(String source, String machine, List<Peer> peers) {

  /**
   * A simulator.
   *
   * @param name heading of its column
   * @param is what it is, and how it was used
   * @param precision of its floating-point numbers: {@code double} or {@code single}
   */
  record Peer(String name, String is, String precision, List<Figures> figures) {

    /** Its time, if it was measured. */
    Optional<Figure> figure(String workload, String task, int threads) {
      return figures.stream()
          .filter(f -> f.task.equals(task) && f.threads == threads && f.ms.containsKey(workload))
          .findFirst()
          .map(f -> new Figure(f.ms.get(workload), Optional.ofNullable(f.lacks)));
    }
  }

  /**
   * Times of one task.
   *
   * @param lacks what it doesn't compute of the task; null for nothing
   * @param ms milliseconds by workload
   */
  record Figures(String task, int threads, String lacks, Map<String, Double> ms) {}

  /** One time in milliseconds. */
  record Figure(double ms, Optional<String> lacks) {}

  /** The figures that come with the benchmarks. */
  static Peers load() {
    try (InputStream file = Peers.class.getResourceAsStream("peers.json")) {
      return new ObjectMapper().readValue(file, Peers.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
