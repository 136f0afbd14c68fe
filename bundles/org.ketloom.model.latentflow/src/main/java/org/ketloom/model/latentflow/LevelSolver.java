package org.ketloom.model.latentflow;

import java.util.Locale;
import org.ketloom.api.engine.Shots;
import org.ketloom.model.latentflow.SamplingOptions.Sampler;
import org.ketloom.nn.NoiseSchedule;

/** The reverse process of a diffusion, from the last noise level to 0. */
record LevelSolver(Path.Levels path) implements Solver {
  @Override
  public void require(SamplingOptions how) {
    switch (how.sampler()) {
      case AUTO, DDIM, DDPM -> path.schedule().visited(how.steps());
      default ->
          throw new IllegalArgumentException(
              "sampler "
                  + how.sampler().name().toLowerCase(Locale.ROOT)
                  + " is for flows; this run learned a diffusion: take ddim or ddpm");
    }
  }

  @Override
  public void step(
      double[] x, int step, SamplingOptions how, Shots shots, Field field, Noisy noisy) {
    NoiseSchedule schedule = path.schedule();
    int[] visited = schedule.visited(how.steps());
    int t = visited[step];
    int s = step + 1 < visited.length ? visited[step + 1] : 0;
    double[] v = field.at(x, path.at(t), shots.at(t));
    double signal = schedule.signal(t);
    double noise = schedule.noise(t);
    NoiseSchedule.Posterior posterior = schedule.posterior(s, t);
    for (int i = 0; i < x.length; i++) {
      double data = signal * x[i] - noise * v[i];
      double found = noise * x[i] + signal * v[i];
      x[i] =
          how.sampler() == Sampler.DDPM
              ? posterior.ofImage() * data + posterior.ofNoisy() * x[i]
              : schedule.signal(s) * data + schedule.noise(s) * found;
    }
    if (how.sampler() == Sampler.DDPM && posterior.variance() > 0) {
      noisy.add(x, t, Math.sqrt(posterior.variance()));
    }
  }
}
