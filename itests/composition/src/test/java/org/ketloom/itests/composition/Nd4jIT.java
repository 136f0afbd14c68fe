package org.ketloom.itests.composition;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;

import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.support.Services;
import org.ketloom.nd4j.Nd4jBackend;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/** ND4J as a bundle with its native code as a fragment. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class Nd4jIT {
  private final Services services = new Services(Nd4jIT.class);

  @Configuration
  public static Option[] container() {
    return CoreOptions.options(Container.base(), Container.features("core", "numerics"));
  }

  @Test
  public void nativeCodeIsAttached() {
    Bundle host = services.bundle("org.ketloom.nd4j");
    assertEquals(1, host.adapt(BundleWiring.class).getProvidedWires("osgi.wiring.host").size());
  }

  /** A product, and a convolution by oneDNN, whose results are known. */
  @Test
  public void arraysAreComputed() {
    Nd4jBackend.load();
    float[] product =
        Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}})
            .mmul(Nd4j.createFromArray(new float[][] {{5, 6}, {7, 8}}))
            .dup('c')
            .data()
            .asFloat();
    assertArrayEquals(new float[] {19, 22, 43, 50}, product, 0);
    assertEquals(45, Nd4j.arange(10).castTo(DataType.DOUBLE).sumNumber().doubleValue(), 0);
  }
}
