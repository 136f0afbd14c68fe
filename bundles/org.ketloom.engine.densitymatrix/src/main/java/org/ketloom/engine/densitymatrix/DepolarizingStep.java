package org.ketloom.engine.densitymatrix;

import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;

/**
 * Depolarizing of several wires together: strings that aren't the identity on them are multiplied
 * by {@code 1 - l}.
 */
record DepolarizingStep(Kernels kernels, int[] places, Channel channel) implements Step {

  @Override
  public void prepare(Reader reader, double[] into) {
    for (int l = 0; l < reader.lanes(); l++) {
      try {
        into[l] = 1 - channel.strengths(reader.read(channel.strengths().get(0), l))[0];
      } catch (IllegalArgumentException e) {
        throw reader.refused(l, e);
      }
    }
    reader.spread(into);
  }

  @Override
  public void forward(Workspace work, double[] coefficients) {
    kernels.scale(work.r, places, coefficients);
  }

  @Override
  public double amplification() {
    Angle strength = channel.strengths().get(0);
    if (Angles.varies(strength)) {
      return Double.POSITIVE_INFINITY;
    }
    // A constant strength is in its range, which ends a little beyond 1.
    return 1 / Math.abs(1 - channel.strengths(strength.offset())[0]);
  }

  @Override
  public void backward(Workspace work, double[] coefficients, boolean undo, double[] gather) {
    if (undo) {
      double[] inverse = work.unused;
      for (int l = 0; l < Kernels.LANES; l++) {
        inverse[l] = 1 / coefficients[l];
      }
      kernels.scale(work.r, places, inverse);
    }
    kernels.scaleBack(
        work.r, work.lambda, places, coefficients, gather.length > 0 ? gather : work.unused);
  }

  @Override
  public void differentiate(Reader reader, double[] gather, Sink sink) {
    for (int l = 0; l < (reader.lanes() == 1 ? 1 : reader.count()); l++) {
      double read = reader.read(channel.strengths().get(0), l);
      sink.add(channel.strengths().get(0), l, -gather[l] * channel.derivatives(read)[0][0]);
    }
  }

  @Override
  public boolean perSample() {
    return Angles.perSample(channel.strengths().get(0));
  }

  @Override
  public int coefficientSize() {
    return Kernels.LANES;
  }

  @Override
  public int gatherSize() {
    return Angles.varies(channel.strengths().get(0)) ? Kernels.LANES : 0;
  }

  @Override
  public double multiplyAdds() {
    return (double) places.length * Kernels.LANES;
  }

  @Override
  public String gates() {
    return channel.name() + channel.wires();
  }

  @Override
  public String describe() {
    return "scaled strings " + (perSample() ? "per sample" : "shared");
  }
}
