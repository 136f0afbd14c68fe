package org.ketloom.engine.densitymatrix;

import org.ketloom.api.circuit.Angle;

/**
 * {@code exp(-i t P / 2)} for a Pauli string P of several wires: it rotates the coefficients of
 * each string Q that doesn't commute with P, and of {@code -i P Q}, into each other.
 *
 * @param pairs places of Q and of {@code -i P Q} in turn
 */
record RotationStep(Kernels kernels, int[] pairs, Angle angle, String gates) implements Step {

  @Override
  public void prepare(Reader reader, double[] into) {
    for (int l = 0; l < reader.lanes(); l++) {
      double t = reader.read(angle, l);
      into[l] = Math.cos(t);
      into[Kernels.LANES + l] = Math.sin(t);
    }
    reader.spread(into);
  }

  @Override
  public void forward(Workspace work, double[] coefficients) {
    kernels.rotate(work.r, pairs, coefficients);
  }

  @Override
  public double amplification() {
    return 1;
  }

  @Override
  public void backward(Workspace work, double[] coefficients, boolean undo, double[] gather) {
    kernels.rotateBack(
        work.r, work.lambda, pairs, coefficients, gather.length > 0 ? gather : work.unused);
  }

  @Override
  public void differentiate(Reader reader, double[] gather, Sink sink) {
    for (int l = 0; l < (reader.lanes() == 1 ? 1 : reader.count()); l++) {
      sink.add(angle, l, gather[l]);
    }
  }

  @Override
  public boolean perSample() {
    return Angles.perSample(angle);
  }

  @Override
  public int coefficientSize() {
    return 2 * Kernels.LANES;
  }

  @Override
  public int gatherSize() {
    return Angles.varies(angle) ? 2 * Kernels.LANES : 0;
  }

  @Override
  public double multiplyAdds() {
    return 2.0 * pairs.length * Kernels.LANES;
  }

  @Override
  public String describe() {
    return "rotation of pairs " + (perSample() ? "per sample" : "shared");
  }
}
