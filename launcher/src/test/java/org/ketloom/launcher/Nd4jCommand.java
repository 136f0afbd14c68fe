package org.ketloom.launcher;

import java.util.Hashtable;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.ketloom.nd4j.Nd4jBackend;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Activator of a bundle that multiplies and convolves with ND4J when it is called. */
public final class Nd4jCommand implements BundleActivator {
  static final String IMPORTS =
      "org.osgi.framework,org.ketloom.nd4j,org.nd4j.linalg.factory,org.nd4j.linalg.api.buffer,"
          + "org.nd4j.linalg.api.ndarray,org.nd4j.linalg.api.ops,"
          + "org.nd4j.linalg.api.ops.impl.layers.convolution,"
          + "org.nd4j.linalg.api.ops.impl.layers.convolution.config";

  @Override
  public void start(BundleContext context) {
    ToIntFunction<String[]> command = arguments -> compute();
    context.registerService(
        ToIntFunction.class, command, new Hashtable<>(Map.of("ketloom.test", "nd4j")));
  }

  @Override
  public void stop(BundleContext context) {}

  /** Sum of the product of a 2x3 and a 3x2 matrix of ones, and of a 3x3 box filter on 4x4 ones. */
  private static int compute() {
    Nd4jBackend.load();
    double product = Nd4j.ones(2, 3).mmul(Nd4j.ones(3, 2)).sumNumber().doubleValue();
    INDArray image = Nd4j.ones(DataType.FLOAT, 1, 1, 4, 4);
    INDArray box = Nd4j.ones(DataType.FLOAT, 3, 3, 1, 1);
    var same = Conv2DConfig.builder().kH(3).kW(3).paddingMode(PaddingMode.SAME).build();
    double counts = Nd4j.exec(new Conv2D(image, box, null, same))[0].sumNumber().doubleValue();
    return (int) (1000 * product + counts);
  }
}
