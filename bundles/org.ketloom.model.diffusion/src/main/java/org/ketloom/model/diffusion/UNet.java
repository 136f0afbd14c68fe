package org.ketloom.model.diffusion;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Shots;
import org.ketloom.nn.Conv2d;
import org.ketloom.nn.Dense;
import org.ketloom.nn.Embedding;
import org.ketloom.nn.Functions;
import org.ketloom.nn.GroupNorm;
import org.ketloom.nn.Groups;
import org.ketloom.nn.Initializer;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.Tape;
import org.ketloom.nn.Variable;

/** The network: levels of residual blocks down, a bottleneck, and levels up. */
final class UNet {
  private final int width;
  private final boolean skips;
  private final Dense time1;
  private final Dense time2;
  private final Embedding labels;
  private final Conv2d first;
  private final List<ResidualBlock> down = new ArrayList<>();
  private final ResidualBlock middle1;
  private final Bottleneck bottleneck;
  private final ResidualBlock middle2;
  private final List<ResidualBlock> up = new ArrayList<>();
  private final GroupNorm lastNorm;
  private final Conv2d last;

  /**
   * @param classes the table of classes has one row more, for "any"
   * @throws IllegalArgumentException if the image can't be halved as often as there are levels
   */
  UNet(
      ParameterStore store,
      HybridUNet options,
      ImageShape image,
      int classes,
      Bottleneck.Factory bottleneckFactory) {
    List<Integer> channels = options.channels();
    int levels = channels.size();
    int unit = 1 << (levels - 1);
    if (levels > 20 || image.height() % unit != 0 || image.width() % unit != 0) {
      throw new IllegalArgumentException(
          "images of "
              + image.height()
              + "x"
              + image.width()
              + " can't be halved "
              + (levels - 1)
              + " times; give fewer channels (one number per level) or a size that is a multiple of "
              + unit);
    }
    width = options.embedding();
    skips = options.skips();
    time1 = new Dense(store, "time.1", width, width);
    time2 = new Dense(store, "time.2", width, width);
    labels =
        new Embedding(
            store, "label", classes + 1, width, Groups.CLASSICAL, Initializer.normal(0.5));
    first = new Conv2d(store, "first", image.channels(), channels.get(0), 3);
    int in = channels.get(0);
    for (int level = 0; level < levels; level++) {
      down.add(new ResidualBlock(store, "down." + level, in, channels.get(level), width));
      in = channels.get(level);
    }
    middle1 = new ResidualBlock(store, "middle.1", in, in, width);
    bottleneck =
        bottleneckFactory.create(store, image.height() / unit, image.width() / unit, in, width);
    middle2 = new ResidualBlock(store, "middle.2", in, in, width);
    for (int level = levels - 1; level >= 0; level--) {
      int across = skips ? channels.get(level) : 0;
      up.add(new ResidualBlock(store, "up." + level, in + across, channels.get(level), width));
      in = channels.get(level);
    }
    lastNorm = new GroupNorm(store, "last.norm", ResidualBlock.groups(in), in);
    last = new Conv2d(store, "last", in, image.channels(), 3, 1, 1, Initializer.zeros());
  }

  /** What stands at the lowest level. */
  Bottleneck bottleneck() {
    return bottleneck;
  }

  /**
   * @param x noisy images {@code [batch, height, width, channels]}
   * @param times noise level of each image, scaled to 0..1000
   * @param rows row of each image in the table of classes
   * @param shots how a circuit is measured, with the seed also of what its engine draws
   * @return {@code [batch, height, width, channels]}
   */
  Variable apply(Variable x, double[] times, int[] rows, Shots shots) {
    Tape tape = x.tape();
    Variable time = Functions.timeEmbedding(tape, times, width);
    Variable condition = time2.apply(time1.apply(time).silu()).add(labels.apply(tape, rows)).silu();

    Deque<Variable> across = new ArrayDeque<>();
    Variable h = first.apply(x);
    for (int level = 0; level < down.size(); level++) {
      h = down.get(level).apply(level == 0 ? h : Functions.averagePool2(h), condition);
      across.push(h);
    }
    h = middle1.apply(h, condition);
    h = bottleneck.apply(h, condition, shots);
    h = middle2.apply(h, condition);
    for (int i = 0; i < up.size(); i++) {
      Variable other = across.pop();
      h = i == 0 ? h : Functions.upsample2(h);
      h = up.get(i).apply(skips ? Variable.concat(3, List.of(h, other)) : h, condition);
    }
    return last.apply(lastNorm.applySilu(h));
  }
}
