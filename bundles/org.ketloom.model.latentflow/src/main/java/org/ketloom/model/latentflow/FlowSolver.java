package org.ketloom.model.latentflow;

import org.ketloom.api.engine.Shots;
import org.ketloom.model.latentflow.SamplingOptions.Sampler;

/** Integrates {@code dx/dt = v(x, t)} from 0 to 1 in equal steps. */
record FlowSolver(Path.Straight path) implements Solver {
  @Override
  public void require(SamplingOptions how) {
    if (how.sampler() == Sampler.DDIM || how.sampler() == Sampler.DDPM) {
      throw new IllegalArgumentException(
          "sampler "
              + how.sampler().name().toLowerCase(java.util.Locale.ROOT)
              + " is for diffusion; this run learned a flow: take euler, heun or midpoint");
    }
  }

  @Override
  public void step(
      double[] x, int step, SamplingOptions how, Shots shots, Field field, Noisy noisy) {
    double h = 1.0 / how.steps();
    double t = (double) step / how.steps();
    double[] v = field.at(x, path.at(t), shots.at(step, 0));
    switch (how.sampler()) {
      case EULER -> add(x, h, v);
      case MIDPOINT -> {
        double[] between = x.clone();
        add(between, h / 2, v);
        add(x, h, field.at(between, path.at(t + h / 2), shots.at(step, 1)));
      }
      default -> {
        double[] end = x.clone();
        add(end, h, v);
        add(x, h / 2, v);
        add(x, h / 2, field.at(end, path.at((step + 1.0) / how.steps()), shots.at(step, 1)));
      }
    }
  }

  private static void add(double[] x, double factor, double[] v) {
    for (int i = 0; i < x.length; i++) {
      x[i] += factor * v[i];
    }
  }
}
