package org.ketloom.engine.densitymatrix;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ketloom.api.circuit.Angle;

/** Gates and channels of one wire that follow each other, as one matrix of four rows. */
final class LocalStep implements Step {
  private static final double[] NONE = {};

  private final Kernels kernels;
  private final List<Factor> factors;
  private final int wire;
  private final int outer;
  private final int inner;
  private final Shape shape;
  private final double amplification;
  private final boolean perSample;
  private final boolean constant;

  /** Whether each factor has gradients. */
  private final boolean[] varies;

  /** Inverse of each factor that isn't unitary, where it has one. */
  private final double[][] inverses;

  LocalStep(Kernels kernels, int wires, int wire, List<Factor> factors) {
    this.kernels = kernels;
    this.wire = wire;
    this.factors = List.copyOf(factors);
    this.outer = 1 << 2 * wire;
    this.inner = 1 << 2 * (wires - 1 - wire);
    this.shape = factors.stream().map(Factor::shape).reduce(Shape.UNITAL, Shape::times);
    this.perSample = factors.stream().flatMap(f -> f.angles().stream()).anyMatch(Angles::perSample);
    this.inverses = new double[factors.size()][0];
    double product = 1;
    for (int f = 0; f < inverses.length; f++) {
      if (!factors.get(f).unitary()) {
        Optional<Inverse> inverse = factors.get(f).inverse();
        inverses[f] = inverse.map(Inverse::matrix).orElse(NONE);
        product *= inverse.map(Inverse::amplification).orElse(Double.POSITIVE_INFINITY);
      }
    }
    this.amplification = product;
    this.varies = new boolean[factors.size()];
    for (int f = 0; f < varies.length; f++) {
      varies[f] = factors.get(f).angles().stream().anyMatch(Angles::varies);
    }
    this.constant = factors.stream().flatMap(f -> f.angles().stream()).noneMatch(Angles::varies);
  }

  @Override
  public void prepare(Reader reader, double[] into) {
    double[] product = new double[16];
    double[] inverse = new double[16];
    double[] matrix = new double[16];
    double[] transposed = new double[16];
    double[] room = new double[16];
    for (int l = 0; l < reader.lanes(); l++) {
      identity(product);
      identity(inverse);
      for (int f = 0; f < inverses.length; f++) {
        matrix(reader, l, factors.get(f), matrix);
        multiply(matrix, product, room);
        System.arraycopy(room, 0, product, 0, 16);
        if (canUndo()) {
          transpose(matrix, transposed);
          multiply(inverse, inverses[f].length == 0 ? transposed : inverses[f], room);
          System.arraycopy(room, 0, inverse, 0, 16);
        }
      }
      for (int e = 0; e < 16; e++) {
        into[e * Kernels.LANES + l] = product[e];
        if (canUndo()) {
          into[Kernels.MATRIX + e * Kernels.LANES + l] = inverse[e];
        }
      }
    }
    reader.spread(into);
  }

  private boolean canUndo() {
    return amplification <= KeptSteps.LIMIT;
  }

  private static void matrix(Reader reader, int lane, Factor factor, double[] into) {
    try {
      factor.matrix(read(reader, lane, factor), into);
    } catch (IllegalArgumentException e) {
      throw reader.refused(lane, e);
    }
  }

  private static double[] read(Reader reader, int lane, Factor factor) {
    List<Angle> angles = factor.angles();
    double[] read = new double[angles.size()];
    for (int a = 0; a < read.length; a++) {
      read[a] = reader.read(angles.get(a), lane);
    }
    return read;
  }

  @Override
  public void forward(Workspace work, double[] coefficients) {
    kernels.apply(work.r, outer, inner, coefficients, shape);
  }

  @Override
  public double amplification() {
    return amplification;
  }

  @Override
  public void backward(Workspace work, double[] coefficients, boolean undo, double[] gather) {
    kernels.takeBack(
        work.r, work.lambda, outer, inner, coefficients, shape, undo, !constant, gather);
  }

  /**
   * With lambda after the last factor and r before the first, what was gathered is {@code G = sum
   * lambda r^T}. Of factor k it is {@code S^T G P^T}, P being the product of the factors before it
   * and S of those after it. Rows that the shape leaves out reach no other: in their columns S^T
   * has nothing but the diagonal.
   */
  @Override
  public void differentiate(Reader reader, double[] gather, Sink sink) {
    int count = factors.size();
    double[][] matrices = new double[count][16];
    double[][] before = new double[count][16];
    double[] after = new double[16];
    double[] room = new double[16];
    double[] own = new double[16];
    for (int l = 0; l < (reader.lanes() == 1 ? 1 : reader.count()); l++) {
      for (int f = 0; f < count; f++) {
        matrix(reader, l, factors.get(f), matrices[f]);
        if (f == 0) {
          identity(before[0]);
        } else {
          multiply(matrices[f - 1], before[f - 1], before[f]);
        }
      }
      for (int e = 0; e < 16; e++) {
        after[e] = gather[e * Kernels.LANES + l];
      }
      for (int f = count - 1; f >= 0; f--) {
        Factor factor = factors.get(f);
        if (varies[f]) {
          multiplyTransposed(after, before[f], own);
          double[] read = read(reader, l, factor);
          double[] derivatives = new double[read.length];
          factor.derivatives(read, own, derivatives);
          for (int a = 0; a < read.length; a++) {
            sink.add(factor.angles().get(a), l, derivatives[a]);
          }
        }
        transposedTimes(matrices[f], after, room);
        System.arraycopy(room, 0, after, 0, 16);
      }
    }
  }

  private static void identity(double[] matrix) {
    Arrays.fill(matrix, 0);
    for (int i = 0; i < 4; i++) {
      matrix[5 * i] = 1;
    }
  }

  private static void transpose(double[] a, double[] into) {
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        into[4 * j + i] = a[4 * i + j];
      }
    }
  }

  private static void multiply(double[] a, double[] b, double[] into) {
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        into[4 * i + j] =
            a[4 * i] * b[j]
                + a[4 * i + 1] * b[4 + j]
                + a[4 * i + 2] * b[8 + j]
                + a[4 * i + 3] * b[12 + j];
      }
    }
  }

  private static void multiplyTransposed(double[] a, double[] b, double[] into) {
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        into[4 * i + j] =
            a[4 * i] * b[4 * j]
                + a[4 * i + 1] * b[4 * j + 1]
                + a[4 * i + 2] * b[4 * j + 2]
                + a[4 * i + 3] * b[4 * j + 3];
      }
    }
  }

  private static void transposedTimes(double[] a, double[] b, double[] into) {
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        into[4 * i + j] =
            a[i] * b[j] + a[4 + i] * b[4 + j] + a[8 + i] * b[8 + j] + a[12 + i] * b[12 + j];
      }
    }
  }

  @Override
  public boolean perSample() {
    return perSample;
  }

  @Override
  public int coefficientSize() {
    return canUndo() ? 2 * Kernels.MATRIX : Kernels.MATRIX;
  }

  @Override
  public int gatherSize() {
    return constant ? 0 : 2 * Kernels.MATRIX;
  }

  @Override
  public double multiplyAdds() {
    return (double) shape.entries() * outer * inner * Kernels.LANES;
  }

  @Override
  public String gates() {
    return factors.stream().map(f -> f.name() + "(" + wire + ")").collect(Collectors.joining(" "));
  }

  @Override
  public String describe() {
    return (4 - shape.firstRow)
        + "x"
        + (4 - shape.firstColumn)
        + " "
        + (perSample ? "per sample" : "shared");
  }
}
