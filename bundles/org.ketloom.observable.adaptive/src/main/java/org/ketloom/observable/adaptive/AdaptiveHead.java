package org.ketloom.observable.adaptive;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Adaptive non-local observables: trainable k-local Hermitians with {@code 4^k} real entries each
 * (arXiv 2504.13414). A model trains the entries in a parameter group of their own.
 *
 * @param locality number k of wires of an observable
 * @param windows which sets of k wires are read
 * @param copies observables per set
 */
@Component(
    service = ObservableHead.class,
    property = {
      Part.NAME + "=adaptive",
      Part.DESCRIPTION + "=Trainable k-local Hermitians (adaptive non-local observables)"
    })
public record AdaptiveHead(
    @Option(value = "number k of wires of an observable; it has 4^k entries", range = "[1,10]")
        int locality,
    @Option("which sets of k wires are read") Windows windows,
    @Option(value = "observables per set of wires", range = "[1,)") int copies)
    implements ObservableHead {

  /** Which sets of wires are read. */
  public enum Windows {
    /** n - k + 1 windows of k neighbours. */
    SLIDING,
    /** n windows of k neighbours, on from the last wire to the first. */
    WRAP,
    /** All C(n, k) combinations, in lexicographic order. */
    ALL
  }

  /** Three neighbours, wrapping around. */
  public AdaptiveHead() {
    this(3, Windows.WRAP, 1);
  }

  @Override
  public int outputs(int wires) {
    return copies * windows(wires).size();
  }

  @Override
  public void append(CircuitBuilder circuit) {
    for (int[] window : windows(circuit.wires())) {
      for (int copy = 0; copy < copies; copy++) {
        circuit.expectHermitian(window);
      }
    }
  }

  private List<int[]> windows(int wires) {
    if (wires < locality) {
      throw new IllegalArgumentException(
          "observable \"adaptive\": locality "
              + locality
              + " needs as many wires (qubits), found "
              + wires);
    }
    List<int[]> sets = new ArrayList<>();
    switch (windows) {
      case SLIDING -> IntStream.rangeClosed(0, wires - locality).forEach(q -> add(sets, q, wires));
      case WRAP -> IntStream.range(0, wires).forEach(q -> add(sets, q, wires));
      case ALL -> combine(sets, new int[locality], 0, 0, wires);
    }
    return sets;
  }

  private void add(List<int[]> sets, int first, int wires) {
    sets.add(IntStream.range(first, first + locality).map(w -> w % wires).toArray());
  }

  private static void combine(List<int[]> sets, int[] chosen, int size, int from, int wires) {
    if (size == chosen.length) {
      sets.add(chosen.clone());
      return;
    }
    for (int wire = from; wire < wires; wire++) {
      chosen[size] = wire;
      combine(sets, chosen, size + 1, wire + 1, wires);
    }
  }
}
