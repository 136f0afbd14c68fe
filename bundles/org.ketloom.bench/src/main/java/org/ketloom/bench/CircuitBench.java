package org.ketloom.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.random.SplitMix64;

/**
 * Measures circuits one after another. Each has random numbers of its own, which depend on the seed
 * and the circuit alone: a row is the same whatever other rows there are.
 */
public final class CircuitBench {
  private static final int HEXADECIMAL = 16;

  private final QuantumEngine engine;
  private final BenchSettings settings;

  /** Hears how far it has come. */
  public interface Listener {
    /**
     * A circuit is about to be measured.
     *
     * @param done of the work, of {@code total}
     */
    void begins(BenchCase circuit, long done, long total);

    /** A circuit was measured: its figures with all fidelities and Bloch vectors. */
    void measured(BenchCase circuit, StateFigures figures) throws IOException;

    /** Whether to stop before the next circuit. */
    boolean stopped();
  }

  /**
   * What came of it.
   *
   * @param rows those of the circuits that were asked for, in their order, as far as it has come
   * @param kept how many of them were there already
   * @param complete whether these are all
   */
  public record Result(List<BenchRow> rows, int kept, boolean complete) {
    /** Copies the rows. */
    public Result {
      rows = List.copyOf(rows);
    }
  }

  /** A bench. */
  public CircuitBench(QuantumEngine engine, BenchSettings settings) {
    this.engine = engine;
    this.settings = settings;
  }

  /**
   * Measures those circuits whose rows aren't in the table yet, and adds these.
   *
   * @throws IllegalArgumentException if the states of one aren't pure, or the engine can't run it
   * @throws IOException if the table can't be written
   */
  public Result run(List<BenchCase> circuits, BenchTable table, Listener listener)
      throws IOException {
    List<BenchRow> rows = new ArrayList<>();
    long total = 0;
    for (BenchCase circuit : circuits) {
      total += table.find(BenchRow.key(circuit, settings)).isPresent() ? 0 : circuit.cost();
    }
    long done = 0;
    int kept = 0;
    for (BenchCase circuit : circuits) {
      Optional<BenchRow> known = table.find(BenchRow.key(circuit, settings));
      if (known.isPresent()) {
        rows.add(known.get());
        kept++;
        continue;
      }
      if (listener.stopped()) {
        return new Result(rows, kept, false);
      }
      listener.begins(circuit, done, total);
      BenchSettings own = settings.withSeed(seed(circuit));
      StateFigures figures = StateFigures.measure(engine, circuit.circuit(), own);
      Trainability trainability =
          settings.initialisations() == 0
              ? Trainability.UNKNOWN
              : Trainability.measure(engine, circuit, own.initialisations(), own.seed());
      BenchRow row = BenchRow.of(circuit, settings, figures, trainability);
      listener.measured(circuit, figures);
      table.add(row);
      rows.add(row);
      done += circuit.cost();
    }
    return new Result(rows, kept, true);
  }

  private long seed(BenchCase circuit) {
    return SplitMix64.mix(
        settings.seed()
            ^ Long.parseUnsignedLong(
                circuit.circuit().fingerprint().substring(0, HEXADECIMAL), HEXADECIMAL));
  }
}
