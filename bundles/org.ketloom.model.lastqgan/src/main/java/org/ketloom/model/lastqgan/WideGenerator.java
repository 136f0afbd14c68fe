package org.ketloom.model.lastqgan;

import java.util.ArrayList;
import java.util.List;
import org.ketloom.nn.BatchNorm;
import org.ketloom.nn.Dense;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.Variable;

/**
 * The classical generator of Baglio, Haddad and Polifka (arXiv 2603.22399): 128, 256, 512 and 1024
 * units with LeakyReLU, batch normalisation of the last three (with their epsilon of 0.8), here
 * with a tanh at the end, so that its outputs have the circuit's range.
 */
final class WideGenerator implements Generator {
  private static final int[] WIDTHS = {128, 256, 512, 1024};
  private static final double EPSILON = 0.8;

  private final double range;
  private final List<Dense> dense = new ArrayList<>();
  private final List<BatchNorm> norms = new ArrayList<>();

  WideGenerator(ParameterStore store, ParameterStore statistics, LastQgan options) {
    range = options.outputRange();
    int in = options.noise();
    for (int i = 0; i < WIDTHS.length; i++) {
      dense.add(new Dense(store, "wide." + (i + 1), in, WIDTHS[i]));
      if (i > 0) {
        norms.add(
            new BatchNorm(store, statistics, "wide." + (i + 1) + ".norm", WIDTHS[i], EPSILON, 0.1));
      }
      in = WIDTHS[i];
    }
    dense.add(new Dense(store, "wide.out", in, options.latent()));
  }

  @Override
  public Variable apply(Variable noise, BatchNorm.Mode mode) {
    Variable h = noise;
    for (int i = 0; i < WIDTHS.length; i++) {
      h = dense.get(i).apply(h);
      if (i > 0) {
        BatchNorm norm = norms.get(i - 1);
        h = norm.apply(h, mode);
      }
      h = h.leakyRelu(0.2);
    }
    return dense.get(WIDTHS.length).apply(h).tanh().mul(range);
  }

  @Override
  public int layers() {
    return 1;
  }

  @Override
  public Variable mix(Variable early, Variable late, int layer) {
    return apply(layer > 0 ? early : late, BatchNorm.Mode.INFER);
  }
}
