package org.ketloom.convolution.onednn;

import com.sun.jna.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.CacheFolder;

/** Native code that comes inside of this bundle and has to be files for the system to load it. */
final class NativeLibraries {
  private static final String DNNL = "/org/bytedeco/dnnl/";
  private static final String OPENCL = "/org/bytedeco/opencl/";

  private NativeLibraries() {}

  /**
   * Unpacks oneDNN for this platform into the cache, where it isn't there yet.
   *
   * @return the file of oneDNN, which has what it needs beside it
   * @throws UnsupportedOperationException if there is none for this platform
   * @throws IOException if the cache can't be written
   */
  static Path unpack() throws IOException {
    return unpack(CacheFolder.get());
  }

  static Path unpack(Path cache) throws IOException {
    List<String> files = files();
    String last = files.get(files.size() - 1);
    if (NativeLibraries.class.getResource(last) == null) {
      throw new UnsupportedOperationException("there is no oneDNN for " + platform());
    }
    Path folder = cache.resolve("onednn-" + version());
    for (String file : files) {
      URL packed = NativeLibraries.class.getResource(file);
      if (packed != null) {
        unpack(packed, folder.resolve(name(file)));
      }
    }
    return folder.resolve(name(last)).toAbsolutePath();
  }

  private static void unpack(URL packed, Path file) throws IOException {
    long length = packed.openConnection().getContentLengthLong();
    if (Files.isRegularFile(file) && (length < 0 || Files.size(file) == length)) {
      return;
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (InputStream in = packed.openStream()) {
      AtomicFile.write(file, in::transferTo);
    }
  }

  /** What oneDNN needs, and then itself. */
  private static List<String> files() {
    String dnnl = DNNL + platform() + "/";
    String opencl = OPENCL + platform() + "/";
    if (Platform.isWindows()) {
      return List.of(opencl + "OpenCL.dll", dnnl + "dnnl.dll");
    }
    return Platform.isMac()
        ? List.of(dnnl + "libiomp5.dylib", dnnl + "libdnnl.3.dylib")
        : List.of(dnnl + "libgomp.so.1", opencl + "libOpenCL.so.1", dnnl + "libdnnl.so.3");
  }

  private static String name(String file) {
    return file.substring(file.lastIndexOf('/') + 1);
  }

  /** In the words of the libraries that the native code comes from. */
  private static String platform() {
    String system = Platform.isWindows() ? "windows" : Platform.isMac() ? "macosx" : "linux";
    String processor =
        switch (Platform.ARCH) {
          case "x86-64" -> "x86_64";
          case "aarch64" -> "arm64";
          default -> Platform.ARCH;
        };
    return system + "-" + processor;
  }

  private static String version() {
    Properties properties = new Properties();
    try (@Nullable InputStream in =
        NativeLibraries.class.getResourceAsStream("onednn.properties")) {
      if (in == null) {
        throw new IllegalStateException("onednn.properties is missing in this bundle");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
