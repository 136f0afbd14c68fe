package org.ketloom.convolution.onednn;

import com.sun.jna.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.CacheFolder;

/** Native code that comes in jars inside of this bundle and has to be files to be loaded. */
final class NativeLibraries {
  private static final List<String> JARS = List.of("opencl.jar", "dnnl.jar");

  /** Holds the lengths of the others, and is written after them. */
  private static final String LENGTHS = "lengths.properties";

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
    Path folder = cache.resolve("onednn-" + version()).toAbsolutePath();
    List<String> names = names();
    Path library = folder.resolve(names.get(names.size() - 1));
    if (!isWhole(folder)) {
      Files.createDirectories(folder);
      Properties lengths = new Properties();
      for (String jar : JARS) {
        unpack(jar, folder, names, lengths);
      }
      if (!lengths.containsKey(library.getFileName().toString())) {
        throw new UnsupportedOperationException("there is no oneDNN for " + platform());
      }
      AtomicFile.write(folder.resolve(LENGTHS), out -> lengths.store(out, null));
    }
    return library;
  }

  private static boolean isWhole(Path folder) throws IOException {
    Path file = folder.resolve(LENGTHS);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    Properties lengths = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      lengths.load(in);
    }
    for (String name : lengths.stringPropertyNames()) {
      Path library = folder.resolve(name);
      if (!Files.isRegularFile(library)
          || !lengths.getProperty(name).equals(Long.toString(Files.size(library)))) {
        return false;
      }
    }
    return !lengths.isEmpty();
  }

  private static void unpack(String jar, Path folder, List<String> names, Properties lengths)
      throws IOException {
    try (ZipInputStream in = new ZipInputStream(resource(jar))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        String path = entry.getName();
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (names.contains(name) && path.endsWith("/" + platform() + "/" + name)) {
          Path file = folder.resolve(name);
          AtomicFile.write(file, in::transferTo);
          lengths.setProperty(name, Long.toString(Files.size(file)));
        }
      }
    }
  }

  /** What oneDNN needs, and then itself. */
  private static List<String> names() {
    if (Platform.isWindows()) {
      return List.of("OpenCL.dll", "dnnl.dll");
    }
    return Platform.isMac()
        ? List.of("libiomp5.dylib", "libdnnl.3.dylib")
        : List.of("libgomp.so.1", "libOpenCL.so.1", "libdnnl.so.3");
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

  private static String version() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = resource("onednn.properties")) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }

  private static InputStream resource(String name) {
    @Nullable InputStream in = NativeLibraries.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException(name + " is missing in this bundle");
    }
    return in;
  }
}
