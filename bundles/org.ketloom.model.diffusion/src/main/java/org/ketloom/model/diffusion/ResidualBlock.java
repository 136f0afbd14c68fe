package org.ketloom.model.diffusion;

import org.jspecify.annotations.Nullable;
import org.ketloom.nn.Conv2d;
import org.ketloom.nn.Dense;
import org.ketloom.nn.GroupNorm;
import org.ketloom.nn.Initializer;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.Variable;

/**
 * Two convolutions with group normalisation and SiLU before each, the embedding of time and class
 * added between them, and the input added at the end (Ho et al., arXiv 2006.11239, appendix B).
 */
final class ResidualBlock {
  private final GroupNorm norm1;
  private final Conv2d conv1;
  private final Dense embedding;
  private final GroupNorm norm2;
  private final Conv2d conv2;
  private final @Nullable Conv2d skip;

  ResidualBlock(ParameterStore store, String name, int in, int out, int embeddingWidth) {
    norm1 = new GroupNorm(store, name + ".norm1", groups(in), in);
    conv1 = new Conv2d(store, name + ".conv1", in, out, 3);
    embedding = new Dense(store, name + ".embedding", embeddingWidth, out);
    norm2 = new GroupNorm(store, name + ".norm2", groups(out), out);
    // Zero at first: the block begins as the identity, which lets deep stacks train at once.
    conv2 = new Conv2d(store, name + ".conv2", out, out, 3, 1, 1, Initializer.zeros());
    skip = in == out ? null : new Conv2d(store, name + ".skip", in, out, 1);
  }

  /** The largest number of groups up to 8 that divides the channels. */
  static int groups(int channels) {
    int groups = Math.min(8, channels);
    while (channels % groups != 0) {
      groups--;
    }
    return groups;
  }

  /**
   * @param x {@code [batch, height, width, in]}
   * @param condition {@code [batch, embeddingWidth]}, after its SiLU
   * @return {@code [batch, height, width, out]}
   */
  Variable apply(Variable x, Variable condition) {
    Variable h = conv1.apply(norm1.applySilu(x));
    h = conv2.apply(norm2.applySilu(h, embedding.apply(condition)));
    return h.add(skip == null ? x : skip.apply(x));
  }
}
