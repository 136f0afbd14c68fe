package org.ketloom.bench;

import java.util.List;

/**
 * How much a circuit entangles pure states.
 *
 * @param meyerWallach the entangling capability Q (Meyer and Wallach, J. Math. Phys. 43, 4273,
 *     2002; Brennen, Quantum Inf. Comput. 3, 619, 2003): {@code 2 (1 - mean over wires of Tr
 *     rho_k^2)}, 0 for products, 1 for GHZ states, over states
 * @param entropy the entropy of entanglement in bits, the mean over all cuts between neighbouring
 *     wires, over states; fewer of them than {@code meyerWallach}, since it takes longer
 * @param cuts the same for each cut: after the first wire, after the second, and so on
 */
public record Entanglement(Summary meyerWallach, Summary entropy, List<Summary> cuts) {
  /** Copies the list. */
  public Entanglement {
    cuts = List.copyOf(cuts);
  }

  /** The mean Q of random states: {@code (2^n - 2) / (2^n + 1)}. */
  public static double ofHaar(int wires) {
    return (Math.pow(2, wires) - 2) / (Math.pow(2, wires) + 1);
  }

  /**
   * The mean entropy of random states in bits, over all cuts between neighbouring wires (Page,
   * Phys. Rev. Lett. 71, 1291, 1993).
   */
  public static double entropyOfHaar(int wires) {
    double sum = 0;
    for (int first = 1; first < wires; first++) {
      int small = 1 << Math.min(first, wires - first);
      int large = (1 << wires) / small;
      double page = -(small - 1) / (2.0 * large);
      for (int k = large + 1; k <= small * large; k++) {
        page += 1.0 / k;
      }
      sum += page / Math.log(2);
    }
    return sum / (wires - 1);
  }
}
