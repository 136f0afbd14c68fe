package org.ketloom.nd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

class Nd4jBackendTest {

  @Test
  void loadsFromManyThreadsUnderAForeignContextClassLoader() throws Exception {
    var pool = Executors.newFixedThreadPool(4);
    try (var nothing = new URLClassLoader(new URL[0], null)) {
      List<Callable<ClassLoader>> tasks = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        tasks.add(
            () -> {
              Thread.currentThread().setContextClassLoader(nothing);
              Nd4jBackend.load();
              return Thread.currentThread().getContextClassLoader();
            });
      }
      for (var result : pool.invokeAll(tasks)) {
        assertSame(nothing, result.get(), "the caller's context class loader is put back");
      }
    } finally {
      pool.shutdown();
    }
    assertTrue(Loader.getCacheDir().getName().startsWith("nd4j-1.0.0-M2.1"));
  }

  @Test
  void multipliesAndConvolves() {
    Nd4jBackend.load();
    try (INDArray a = Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}});
        INDArray b = Nd4j.createFromArray(new double[][] {{5, 6}, {7, 8}})) {
      assertEquals(Nd4j.createFromArray(new double[][] {{19, 22}, {43, 50}}), a.mmul(b));
    }
    // A 3x3 box filter over an image of ones counts the pixels under it.
    INDArray image = Nd4j.ones(DataType.FLOAT, 1, 1, 4, 4);
    INDArray box = Nd4j.ones(DataType.FLOAT, 3, 3, 1, 1);
    var same = Conv2DConfig.builder().kH(3).kW(3).paddingMode(PaddingMode.SAME).build();
    INDArray counts = Nd4j.exec(new Conv2D(image, box, null, same))[0];
    float[][] expected = {{4, 6, 6, 4}, {6, 9, 9, 6}, {6, 9, 9, 6}, {4, 6, 6, 4}};
    assertEquals(Nd4j.createFromArray(expected).reshape(1, 1, 4, 4), counts);
  }

  @Test
  void namesTheFragmentThatIsMissing() throws Exception {
    URL host = Nd4jBackend.class.getProtectionDomain().getCodeSource().getLocation();
    try (var loader = new URLClassLoader(new URL[] {host}, ClassLoader.getPlatformClassLoader())) {
      var load = loader.loadClass(Nd4jBackend.class.getName()).getMethod("load");
      var thrown = assertThrows(InvocationTargetException.class, () -> load.invoke(null));
      assertInstanceOf(IllegalStateException.class, thrown.getCause());
      String message = thrown.getCause().getMessage();
      String fragment = "org.ketloom.nd4j.native." + Loader.Detector.getPlatform();
      assertTrue(message.contains("install bundle " + fragment), message);
    }
  }
}
