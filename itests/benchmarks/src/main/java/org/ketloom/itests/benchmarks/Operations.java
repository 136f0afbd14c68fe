package org.ketloom.itests.benchmarks;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Operation;

/**
 * What a plain state-vector algorithm computes and moves for a call, as a yardstick that depends on
 * the circuit alone: runs of one-qubit gates on a wire are one complex 2x2 matrix, X, CNOT and SWAP
 * are free, so are signs, every other gate is a pass over the amplitudes that it acts on. An engine
 * that does less than that shows a larger share of the machine.
 *
 * @param flops additions and multiplications
 * @param bytes read and written if every matrix is a pass of its own through memory
 */
record Operations(double flops, double bytes) {
  /** A complex 2x2 matrix on a pair: 4 complex products and 2 complex sums. */
  private static final int PAIR = 4 * 6 + 2 * 2;

  /** A complex 4x4 matrix on 4 amplitudes. */
  private static final int QUADRUPLE = 16 * 6 + 12 * 2;

  /** The four sums of products per pair that a matrix's gradient is made of. */
  private static final int GATHER = 4 + 4 + 8 + 8;

  private static final int AMPLITUDE_BYTES = 16;

  /** What the workload's circuits need for one call. */
  static Operations of(Workload workload, Task task) {
    double flops = 0;
    double bytes = 0;
    for (Circuit circuit : workload.circuits()) {
      double amplitudes = workload.batch() * Math.pow(2, circuit.wires());
      Passes passes = passes(circuit);
      double applied = passes.pairs * PAIR / 2 + passes.quadruples * QUADRUPLE / 4;
      double gathered = passes.pairs * GATHER / 2;
      double moved = passes.pairs * PAIR / 2;
      flops +=
          amplitudes
              * switch (task) {
                case VALUES -> applied + readout(circuit, false);
                // The state forward, then it and its adjoint back.
                case VJP -> 3 * applied + gathered + readout(circuit, true);
                // The same with derivatives, which the gates' own are added to.
                case HVP -> 6 * applied + 3 * moved + 3 * gathered + 2 * readout(circuit, true);
              };
      double states =
          switch (task) {
            case VALUES -> 1;
            case VJP -> 3;
            case HVP -> 6;
          };
      bytes += amplitudes * (passes.pairs + passes.quadruples) * 2 * AMPLITUDE_BYTES * states;
    }
    return new Operations(flops, bytes);
  }

  /** Matrices, each counted by the share of the amplitudes that it acts on. */
  private record Passes(double pairs, double quadruples) {}

  private static Passes passes(Circuit circuit) {
    double pairs = 0;
    double quadruples = 0;
    Set<Integer> running = new HashSet<>();
    for (Operation operation : circuit.operations()) {
      Gate gate = operation.gate();
      int controls = operation.controls().size();
      if (controls == 0 && gate.wires() == 1) {
        if (gate != Gate.X && running.add(operation.wires().get(0))) {
          pairs++;
        }
        continue;
      }
      if (gate != Gate.SWAP || controls > 0) {
        operation.wires().forEach(running::remove);
        operation.controls().forEach(running::remove);
      }
      double share = Math.pow(2, -controls);
      if (gate == Gate.UNITARY2) {
        quadruples += share;
      } else if (gate != Gate.X && gate != Gate.SWAP && gate != Gate.Z) {
        pairs += share;
      }
    }
    return new Passes(pairs, quadruples);
  }

  /** Per amplitude. */
  private static double readout(Circuit circuit, boolean gradients) {
    double sum = 0;
    Set<List<Integer>> windows = new HashSet<>();
    for (Observable observable : circuit.observables()) {
      if (observable instanceof Observable.PauliSum pauli) {
        sum += pauli.terms().size() * (gradients ? 8 : 4);
      } else if (observable instanceof Observable.Probabilities) {
        sum += gradients ? 8 : 4;
      } else if (windows.add(observable.wires())) {
        // The reduced density matrix of the window, and the Hermitians' sum times the state.
        double rows = Math.pow(2, observable.wires().size());
        sum += 4 * rows + (gradients ? 8 * rows : 0);
      }
    }
    return sum;
  }
}
