package org.ketloom.runtime.internal.deploy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Whether this Java can load the classes of a jar. */
final class ClassVersions {
  private static final int MAGIC = 0xCAFEBABE;

  /** Class files of Java 1.1 have version 45 (JVMS, table 4.1-A). */
  private static final int OFFSET = 44;

  private ClassVersions() {}

  /**
   * Looks at the versions of all class files, but for those in {@code META-INF/versions} and {@code
   * module-info}, which a Java that is too old for them doesn't load.
   *
   * @param jar a copy that doesn't change, and is a whole jar
   * @param name of the file, for messages
   * @param feature version of this Java
   * @throws Refusal naming the class of the highest version, if that is too high
   */
  static void require(Path jar, String name, int feature) throws Refusal, IOException {
    int highest = 0;
    String which = "";
    try (JarFile file = new JarFile(jar.toFile(), false)) {
      for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        if (isLoaded(entry.getName())) {
          int version = version(file, entry);
          if (version > highest) {
            highest = version;
            which = entry.getName();
          }
        }
      }
    }
    if (highest > feature + OFFSET) {
      int needed = highest - OFFSET;
      throw new Refusal(
          Refusal.Until.SURROUNDINGS,
          name
              + ": class "
              + which.substring(0, which.length() - ".class".length()).replace('/', '.')
              + " is compiled for Java "
              + needed
              + ", this is Java "
              + feature
              + ". Compile the plugin with --release "
              + feature
              + ", or run Ketloom with Java "
              + needed
              + " or newer");
    }
  }

  private static boolean isLoaded(String entry) {
    return entry.endsWith(".class")
        && !entry.startsWith("META-INF/")
        && !entry.equals("module-info.class");
  }

  /** The major version; 0 for what is no class file. */
  private static int version(JarFile file, JarEntry entry) throws IOException {
    try (InputStream in = file.getInputStream(entry)) {
      byte[] head = in.readNBytes(8);
      if (head.length < 8) {
        return 0;
      }
      try (DataInputStream data = new DataInputStream(new ByteArrayInputStream(head))) {
        int magic = data.readInt();
        data.readUnsignedShort();
        return magic == MAGIC ? data.readUnsignedShort() : 0;
      }
    }
  }
}
