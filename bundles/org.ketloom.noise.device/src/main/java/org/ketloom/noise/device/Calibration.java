package org.ketloom.noise.device;

import java.util.List;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.part.Option;

/**
 * What a provider publishes of a device. The defaults are the figures of ibmq_manila, five
 * superconducting qubits in a line, of 27 May 2024, as IBM published them in
 * github.com/Qiskit/qiskit-ibm-runtime ({@code fake_provider/backends/manila/props_manila.json}:
 * T1, T2, prob_meas1_prep0, prob_meas0_prep1, and error and length of sx and of cx).
 *
 * <p>Errors of gates are average gate infidelities, as randomised benchmarking gives them.
 */
record Calibration(
    @Option(value = "the device's name, for messages", defaultValue = "ibmq_manila") String device,
    @Option(
            value = "relaxation time T1 of each qubit, in microseconds",
            range = "(0,)",
            defaultValue = {"131.53", "124.54", "158.62", "179.1", "144.67"})
        List<Double> t1,
    @Option(
            value = "dephasing time T2 of each qubit, in microseconds, at most 2 T1",
            range = "(0,)",
            defaultValue = {"102.2", "79.01", "25.15", "54.36", "40.33"})
        List<Double> t2,
    @Option(
            value = "population of 1 in equilibrium, to which the qubits relax",
            range = "[0,1]",
            defaultValue = "0")
        double excited,
    @Option(
            value = "duration of a gate on one qubit, in nanoseconds",
            range = "[0,)",
            defaultValue = "35.56")
        double gateTime,
    @Option(
            value = "error of a gate on each qubit",
            range = "[0,1]",
            defaultValue = {
              "0.000155066",
              "0.000392193",
              "0.000745816",
              "0.000212219",
              "0.000353872"
            })
        List<Double> gateErrors,
    @Option(
            value = "gates on one qubit that are changes of frame: no time, no error",
            defaultValue = {"RZ", "PHASE", "Z", "S", "T"})
        List<String> virtualGates,
    @Option(
            value = "pairs of qubits that a gate can join",
            defaultValue = {"0-1", "1-2", "2-3", "3-4"})
        List<String> pairs,
    @Option(
            value = "duration of a gate on each pair, in nanoseconds",
            range = "[0,)",
            defaultValue = {"277.33", "469.33", "355.56", "334.22"})
        List<Double> pairTimes,
    @Option(
            value = "error of a gate on each pair",
            range = "[0,1]",
            defaultValue = {"0.00882771", "0.0139404", "0.0113541", "0.00569628"})
        List<Double> pairErrors,
    @Option(
            value = "what a gate on another pair does: refuse it, or take the mean of the pairs",
            defaultValue = "refuse")
        OtherPairs otherPairs,
    @Option(
            value = "probability of reading 1 where the outcome is 0, of each qubit",
            range = "[0,1]",
            defaultValue = {"0.0158", "0.0122", "0.0702", "0.0084", "0.0088"})
        List<Double> oneForZero,
    @Option(
            value = "probability of reading 0 where the outcome is 1, of each qubit",
            range = "[0,1]",
            defaultValue = {"0.0548", "0.0316", "0.1226", "0.0204", "0.0284"})
        List<Double> zeroForOne,
    @Option(value = "whether qubits relax while they wait for others", defaultValue = "true")
        boolean idle) {

  /** What a gate on a pair does that the device doesn't have. */
  enum OtherPairs {
    REFUSE,
    /** As if it had such a pair, of mean quality. */
    MEAN
  }

  /** Time and error of a gate. */
  record Cost(double nanoseconds, double error) {}

  Calibration {
    t1 = List.copyOf(t1);
    t2 = List.copyOf(t2);
    gateErrors = List.copyOf(gateErrors);
    virtualGates = List.copyOf(virtualGates);
    pairs = List.copyOf(pairs);
    pairTimes = List.copyOf(pairTimes);
    pairErrors = List.copyOf(pairErrors);
    oneForZero = List.copyOf(oneForZero);
    zeroForOne = List.copyOf(zeroForOne);
    if (t1.isEmpty()) {
      throw new IllegalArgumentException("t1 is empty: a device has at least one qubit");
    }
    requireQubits("t2", t2, t1.size());
    requireQubits("gateErrors", gateErrors, t1.size());
    requireQubits("oneForZero", oneForZero, t1.size());
    requireQubits("zeroForOne", zeroForOne, t1.size());
    for (int q = 0; q < t1.size(); q++) {
      if (t2.get(q) > 2 * t1.get(q)) {
        throw new IllegalArgumentException(
            "qubit "
                + q
                + " has T2 = "
                + t2.get(q)
                + " above 2 T1 = "
                + 2 * t1.get(q)
                + ", which no process gives");
      }
    }
    for (int p = 0; p < pairs.size(); p++) {
      requirePair(pairs.get(p), t1.size());
      if (p >= pairTimes.size() || p >= pairErrors.size()) {
        throw new IllegalArgumentException(
            "pair "
                + pairs.get(p)
                + " has no "
                + (p >= pairTimes.size() ? "time: pairTimes has " : "error: pairErrors has ")
                + (p >= pairTimes.size() ? pairTimes.size() : pairErrors.size())
                + " numbers for "
                + pairs.size()
                + " pairs");
      }
    }
    if (pairTimes.size() > pairs.size() || pairErrors.size() > pairs.size()) {
      throw new IllegalArgumentException(
          "pairTimes and pairErrors have "
              + pairTimes.size()
              + " and "
              + pairErrors.size()
              + " numbers for "
              + pairs.size()
              + " pairs");
    }
  }

  private static void requireQubits(String name, List<Double> values, int qubits) {
    if (values.size() != qubits) {
      throw new IllegalArgumentException(
          name
              + " has "
              + values.size()
              + " numbers and t1 has "
              + qubits
              + (values.size() < qubits
                  ? ": qubit " + values.size() + " is missing"
                  : ": one for each qubit"));
    }
  }

  private static void requirePair(String pair, int qubits) {
    String[] ends = pair.split("-", -1);
    boolean fits = ends.length == 2 && !ends[0].equals(ends[1]);
    for (String end : ends) {
      fits &= end.matches("0|[1-9]\\d{0,8}") && Integer.parseInt(end) < qubits;
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "a pair is two qubits of 0 to "
              + (qubits - 1)
              + ", for example 0-1; found \""
              + pair
              + "\"");
    }
  }

  int qubits() {
    return t1.size();
  }

  boolean isVirtual(Operation gate) {
    return virtualGates.contains(gate.name());
  }

  /**
   * Time and error of a gate on two qubits.
   *
   * @throws IllegalArgumentException if the device doesn't have the pair, and others are refused
   */
  Cost ofPair(int first, int second) {
    int pair = Math.max(pairs.indexOf(first + "-" + second), pairs.indexOf(second + "-" + first));
    if (pair >= 0) {
      return new Cost(pairTimes.get(pair), pairErrors.get(pair));
    }
    if (otherPairs == OtherPairs.REFUSE || pairs.isEmpty()) {
      throw new IllegalArgumentException(
          device
              + " joins the pairs "
              + pairs
              + ", and the circuit has a gate on "
              + first
              + "-"
              + second
              + ": choose an ansatz that keeps to the pairs, or set otherPairs=mean");
    }
    return new Cost(mean(pairTimes), mean(pairErrors));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /**
   * Process fidelity of relaxing for a while: a quarter of the trace of its Pauli transfer matrix
   * {@code diag(1, e^(-t/T2), e^(-t/T2), e^(-t/T1))}.
   */
  double processFidelity(int qubit, double nanoseconds) {
    double microseconds = nanoseconds / 1000;
    return (1
            + 2 * Math.exp(-microseconds / t2.get(qubit))
            + Math.exp(-microseconds / t1.get(qubit)))
        / 4;
  }
}
