package org.ketloom.engine.densitymatrix;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;

/**
 * A channel of one wire that scales the axes of the Bloch vector and adds to Z: {@code x <- d_x x},
 * {@code y <- d_y y}, {@code z <- d_z z + c}. NOISE.md has the table.
 */
record ChannelFactor(Channel channel) implements Factor {
  /** Beyond, the derivative of a root is cut off: it has none at 0. */
  private static final double SMALLEST_ROOT = 1e-8;

  private static final int X = 0;
  private static final int Y = 1;
  private static final int Z = 2;
  private static final int C = 3;

  @Override
  public List<Angle> angles() {
    return channel.strengths();
  }

  @Override
  public boolean unitary() {
    return false;
  }

  @Override
  public Optional<Inverse> inverse() {
    if (channel.strengths().stream().anyMatch(Angles::varies)) {
      return Optional.empty();
    }
    double[] matrix = new double[16];
    matrix(channel.strengths().stream().mapToDouble(Angle::offset).toArray(), matrix);
    return Inverse.of(matrix, 4);
  }

  @Override
  public Shape shape() {
    return switch (channel.kind()) {
      case AMPLITUDE_DAMPING, GENERALIZED_AMPLITUDE_DAMPING, THERMAL_RELAXATION, RESET_ERROR ->
          Shape.KEEPS_TRACE;
      default -> Shape.UNITAL;
    };
  }

  @Override
  public String name() {
    return channel.name();
  }

  @Override
  public void matrix(double[] read, double[] matrix) {
    double[] p = channel.strengths(read);
    double[] map = new double[4];
    switch (channel.kind()) {
      case DEPOLARIZING -> Arrays.fill(map, X, C, 1 - p[0]);
      case BIT_FLIP -> set(map, 1, 1 - 2 * p[0], 1 - 2 * p[0], 0);
      case PHASE_FLIP -> set(map, 1 - 2 * p[0], 1 - 2 * p[0], 1, 0);
      case BIT_PHASE_FLIP -> set(map, 1 - 2 * p[0], 1, 1 - 2 * p[0], 0);
      case PAULI ->
          set(map, 1 - 2 * (p[1] + p[2]), 1 - 2 * (p[0] + p[2]), 1 - 2 * (p[0] + p[1]), 0);
      case AMPLITUDE_DAMPING -> set(map, root(p[0]), root(p[0]), 1 - p[0], p[0]);
      case GENERALIZED_AMPLITUDE_DAMPING ->
          set(map, root(p[0]), root(p[0]), 1 - p[0], p[0] * (1 - 2 * p[1]));
      case PHASE_DAMPING -> set(map, root(p[0]), root(p[0]), 1, 0);
      case THERMAL_RELAXATION -> {
        double relaxed = Math.exp(-p[2] / p[0]);
        double dephased = Math.exp(-p[2] / p[1]);
        set(map, dephased, dephased, relaxed, (1 - relaxed) * (1 - 2 * p[3]));
      }
      case RESET_ERROR -> {
        double kept = 1 - p[0] - p[1];
        set(map, kept, kept, kept, p[0] - p[1]);
      }
      default -> throw new IllegalArgumentException(channel + " isn't scaled axes");
    }
    Arrays.fill(matrix, 0, 16, 0);
    matrix[0] = 1;
    matrix[5] = map[X];
    matrix[10] = map[Y];
    matrix[15] = map[Z];
    matrix[12] = map[C];
  }

  private static void set(double[] map, double x, double y, double z, double c) {
    map[X] = x;
    map[Y] = y;
    map[Z] = z;
    map[C] = c;
  }

  private static double root(double strength) {
    return Math.sqrt(1 - strength);
  }

  private static double rootDerivative(double strength) {
    return -0.5 / Math.max(SMALLEST_ROOT, root(strength));
  }

  @Override
  public void derivatives(double[] read, double[] gather, double[] derivatives) {
    double[] p = channel.strengths(read);
    double x = gather[5];
    double y = gather[10];
    double z = gather[15];
    double c = gather[12];
    double[] found =
        switch (channel.kind()) {
          case DEPOLARIZING -> new double[] {-x - y - z};
          case BIT_FLIP -> new double[] {-2 * (y + z)};
          case PHASE_FLIP -> new double[] {-2 * (x + y)};
          case BIT_PHASE_FLIP -> new double[] {-2 * (x + z)};
          case PAULI -> new double[] {-2 * (y + z), -2 * (x + z), -2 * (x + y)};
          case AMPLITUDE_DAMPING -> new double[] {rootDerivative(p[0]) * (x + y) - z + c};
          case GENERALIZED_AMPLITUDE_DAMPING ->
              new double[] {rootDerivative(p[0]) * (x + y) - z + (1 - 2 * p[1]) * c, -2 * p[0] * c};
          case PHASE_DAMPING -> new double[] {rootDerivative(p[0]) * (x + y)};
          case THERMAL_RELAXATION -> {
            double relaxed = Math.exp(-p[2] / p[0]);
            double dephased = Math.exp(-p[2] / p[1]);
            double byRelaxed = z - (1 - 2 * p[3]) * c;
            double byDephased = x + y;
            yield new double[] {
              byRelaxed * relaxed * p[2] / (p[0] * p[0]),
              byDephased * dephased * p[2] / (p[1] * p[1]),
              -byRelaxed * relaxed / p[0] - byDephased * dephased / p[1],
              -2 * (1 - relaxed) * c
            };
          }
          case RESET_ERROR -> new double[] {-x - y - z + c, -x - y - z - c};
          default -> throw new IllegalArgumentException(channel + " isn't scaled axes");
        };
    double[][] chain = channel.derivatives(read);
    for (int i = 0; i < found.length; i++) {
      for (int j = 0; j < found.length; j++) {
        derivatives[j] += found[i] * chain[i][j];
      }
    }
  }
}
