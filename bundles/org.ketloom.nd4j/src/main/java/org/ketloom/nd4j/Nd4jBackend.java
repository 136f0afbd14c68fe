package org.ketloom.nd4j;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The first touch of ND4J. ND4J looks for its backend through the thread context class loader when
 * its class {@link Nd4j} is initialised, and a failure there is final for the life of the class
 * loader: whoever uses ND4J therefore calls {@link #load()} before it names any other class of it,
 * best in a static initialiser of the one class that wraps arrays.
 *
 * <p>The native libraries are unpacked once per version into {@code $KETLOOM_CACHE} or, where that
 * is not set, {@code ~/.cache/ketloom}; system property {@code org.bytedeco.javacpp.cachedir} names
 * another folder.
 */
public final class Nd4jBackend {
  private static final String CACHE_PROPERTY = "org.bytedeco.javacpp.cachedir";
  private static final String BINDINGS = "org/nd4j/linalg/cpu/nativecpu/bindings/";

  /** In the order in which JavaCPP itself looks for the builds of ND4J's presets. */
  private static final List<String> BUILDS =
      List.of("-onednn", "-onednn-avx512", "-onednn-avx2", "", "-avx2", "-avx512", "-compat");

  // A logger without an owner is garbage collected together with its level.
  private static final Logger ND4J_LOG = Logger.getLogger("org.nd4j");

  private static boolean loaded;
  private static @Nullable Throwable failure;

  private Nd4jBackend() {}

  /**
   * Makes ND4J ready; does nothing when it is. Any thread may call it, under any context class
   * loader.
   *
   * @throws IllegalStateException if there is no native code for this platform or processor, the
   *     cache folder can't be written, or ND4J fails to start (which is final)
   */
  @SuppressWarnings("StaticAssignmentOfThrowable") // every later call tells the first cause
  public static synchronized void load() {
    if (loaded) {
      return;
    }
    if (failure != null) {
      throw new IllegalStateException(
          "ND4J failed to start before, restart the program: " + failure, failure);
    }
    ClassLoader own = Nd4jBackend.class.getClassLoader();
    URL library = findLibrary(own);
    if (System.getProperty(CACHE_PROPERTY) == null) {
      System.setProperty(CACHE_PROPERTY, cacheFolder().toString());
    }
    if (System.getProperty("org.nd4j.log.initialization") == null) {
      System.setProperty("org.nd4j.log.initialization", "false");
    }
    if (ND4J_LOG.getLevel() == null) {
      ND4J_LOG.setLevel(Level.WARNING);
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(own);
    try (INDArray one = Nd4j.ones(1, 1)) {
      one.mmul(one).close();
      loaded = true;
      NativeMemory.register();
    } catch (RuntimeException | LinkageError e) {
      failure = e;
      throw new IllegalStateException(
          "ND4J failed to start with native code from " + library + ": " + e, e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /**
   * To be called before an array is allocated: ND4J doesn't notice that memory is exhausted.
   *
   * @param bytes size of the array
   * @param what it is for, in the message
   * @throws IllegalArgumentException if the process would exceed JavaCPP's limit of physical memory
   */
  public static void requireMemory(long bytes, String what) {
    long most = Pointer.maxPhysicalBytes();
    long used = Pointer.physicalBytes();
    if (most > 0 && bytes > most - used) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s needs %.1f GiB; the process has %.1f of the %.1f GiB that it may use: choose a"
                  + " smaller model, image or batch, or set KETLOOM_JAVA_OPTS="
                  + "-Dorg.bytedeco.javacpp.maxphysicalbytes=32g if there is more",
              what,
              bytes * 0x1p-30,
              used * 0x1p-30,
              most * 0x1p-30));
    }
  }

  private static URL findLibrary(ClassLoader loader) {
    // Not Loader.getPlatform(): initialising Loader unpacks its library, before the cache is set.
    String platform = Loader.Detector.getPlatform();
    String file = System.mapLibraryName("jnind4jcpu");
    for (String build : BUILDS) {
      URL url = loader.getResource(BINDINGS + platform + build + "/" + file);
      if (url != null) {
        if (url.getProtocol().equals("file")) {
          // JavaCPP would load it in place, where OpenBLAS doesn't find itself under its other
          // names.
          throw new IllegalStateException(
              "The native code of ND4J has to come from a jar, and "
                  + url
                  + " is in a folder: put the jar of org.ketloom.nd4j.native."
                  + platform
                  + " on the class path");
        }
        if (build.endsWith("-avx2") && !processorMayHave("avx2")) {
          throw new IllegalStateException(
              "This processor has no AVX2, which the native code of ND4J in "
                  + url
                  + " needs: build Ketloom with -Dnd4j.classifier="
                  + platform
                  + "-onednn");
        }
        return url;
      }
    }
    throw new IllegalStateException(
        "No native code of ND4J for "
            + platform
            + ": install bundle org.ketloom.nd4j.native."
            + platform
            + ", a fragment of org.ketloom.nd4j (outside of OSGi put its jar on the class path)");
  }

  /** False only where the system says so: an unsupported instruction ends the whole process. */
  private static boolean processorMayHave(String flag) {
    Path info = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(info)) {
      return true;
    }
    try (var lines = Files.lines(info)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> List.of(line.split("\\s+")).contains(flag))
          .orElse(true);
    } catch (IOException | UncheckedIOException e) {
      return true;
    }
  }

  private static Path cacheFolder() {
    String set = System.getenv("KETLOOM_CACHE");
    Path base =
        set == null || set.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache", "ketloom")
            : Path.of(set);
    // JavaCPP tells unpacked files apart by little more than their names, hence a folder per
    // version.
    Path folder = base.resolve("nd4j-" + version());
    try {
      return Files.createDirectories(folder.toAbsolutePath());
    } catch (IOException e) {
      throw new IllegalStateException(
          "Can't create folder "
              + folder
              + " for the native code of ND4J ("
              + e
              + "): set the environment variable KETLOOM_CACHE to a folder that can be written",
          e);
    }
  }

  private static String version() {
    Properties properties = new Properties();
    try (InputStream in = Nd4jBackend.class.getResourceAsStream("nd4j.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
