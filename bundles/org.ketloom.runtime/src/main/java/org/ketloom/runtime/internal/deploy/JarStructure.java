package org.ketloom.runtime.internal.deploy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.ketloom.files.Untrusted;

/**
 * Whether a jar reads the same to everyone, and unpacks to no more than it may. A jar lists its
 * entries twice, before their content and in a directory at its end: some readers go by the one,
 * some by the other, and take the first or the last of two entries with one name. Nothing of the
 * jar is kept or runs meanwhile.
 */
final class JarStructure {
  private static final String MANIFEST = "META-INF/MANIFEST.MF";
  private static final String SIGNATURES = "META-INF/";

  /** What the jar says of an entry. */
  private record Content(long size, long crc) {
    static Content of(ZipEntry entry) {
      return new Content(entry.getSize(), entry.getCrc());
    }
  }

  private final Path jar;
  private final String name;
  private final JarLimits limits;
  private final long size;
  private final Set<String> inAnyCase = new HashSet<>();
  private long unpacked;

  private JarStructure(Path jar, String name, JarLimits limits) throws IOException {
    this.jar = jar;
    this.name = name;
    this.limits = limits;
    this.size = Files.size(jar);
  }

  /**
   * Reads a jar from end to end.
   *
   * @param jar a copy that doesn't change
   * @param name of the file, for messages
   */
  static void require(Path jar, String name, JarLimits limits) throws Refusal, IOException {
    try {
      new JarStructure(jar, name, limits).require();
    } catch (ZipException | IllegalArgumentException e) {
      throw refused(name + " is not a whole jar (" + e.getMessage() + "). Build it again");
    }
  }

  private void require() throws Refusal, IOException {
    Map<String, Content> entries = entries();
    Map<String, Content> directory = new HashMap<>();
    try (ZipFile file = new ZipFile(jar.toFile())) {
      for (ZipEntry entry :
          (Iterable<ZipEntry>) () -> file.stream().map(ZipEntry.class::cast).iterator()) {
        if (directory.put(entry.getName(), Content.of(entry)) != null) {
          throw twice(entry.getName());
        }
      }
    }
    if (!entries.equals(directory)) {
      Set<String> different = new HashSet<>(entries.keySet());
      different.addAll(directory.keySet());
      different.removeIf(e -> entries.containsKey(e) && entries.get(e).equals(directory.get(e)));
      throw refused(
          name
              + " is not the same jar to everyone who reads it: its directory and its content"
              + " differ in "
              + different.size()
              + (different.size() == 1 ? " entry" : " entries")
              + ", such as "
              + Grammar.shown(different.stream().sorted().findFirst().orElseThrow())
              + ". Build it again, with the jar tool, Maven or bnd");
    }
  }

  private Map<String, Content> entries() throws Refusal, IOException {
    Map<String, Content> entries = new HashMap<>();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = new BufferedInputStream(Files.newInputStream(jar), 1 << 16);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        requireName(entry.getName());
        if (entries.size() == limits.entries()) {
          throw tooMuch("more than " + limits.entries() + " entries", JarLimits.ENTRIES);
        }
        long length = 0;
        for (int read = zip.read(buffer); read >= 0; read = zip.read(buffer)) {
          length += read;
          unpacked += read;
          requireSize(entry.getName(), length);
        }
        // From here on it knows its size, also if that stands behind its content.
        zip.closeEntry();
        if (entries.put(entry.getName(), Content.of(entry)) != null) {
          throw twice(entry.getName());
        }
      }
    }
    return entries;
  }

  private void requireSize(String entry, long length) throws Refusal {
    if (length > limits.entry()) {
      throw tooMuch(
          "an entry of more than " + limits.entry() + " bytes, " + Grammar.shown(entry),
          JarLimits.ENTRY);
    }
    if (unpacked > limits.unpacked()) {
      throw tooMuch("more than " + limits.unpacked() + " bytes unpacked", JarLimits.UNPACKED);
    }
    if (unpacked > JarLimits.RATIO_FROM && unpacked / limits.ratio() > size) {
      throw tooMuch(
          "more than " + limits.ratio() + " times its " + size + " bytes unpacked",
          JarLimits.RATIO);
    }
  }

  private void requireName(String entry) throws Refusal {
    String path = entry.endsWith("/") ? entry.substring(0, entry.length() - 1) : entry;
    boolean good = !path.isEmpty() && path.length() < 1 << 12;
    for (String part : good ? path.split("/", -1) : new String[0]) {
      good &= Untrusted.isPlainName(part);
    }
    if (!good) {
      throw refused(
          name
              + " has an entry with the name \""
              + Grammar.shown(entry)
              + "\", which leads elsewhere or can't be that of a file. Build it again");
    }
    String upper = path.toUpperCase(Locale.ROOT);
    if ((upper + "/").startsWith(SIGNATURES)) {
      boolean spelled = (path + "/").startsWith(SIGNATURES);
      if (!spelled || upper.equals(MANIFEST) && !path.equals(MANIFEST)) {
        throw refused(
            name
                + " has an entry "
                + Grammar.shown(entry)
                + ", which some readers take for one of "
                + SIGNATURES
                + " and others don't. Write "
                + (upper.equals(MANIFEST) ? MANIFEST : SIGNATURES));
      }
      if (!inAnyCase.add(upper)) {
        throw twice(entry);
      }
    } else if (!inAnyCase.add(path)) {
      throw twice(entry);
    }
  }

  private Refusal twice(String entry) {
    return refused(
        name
            + " has two entries "
            + Grammar.shown(entry)
            + ", of which some readers take the one and some the other. Build it again");
  }

  private Refusal tooMuch(String what, String property) {
    return new Refusal(
        Refusal.Until.SURROUNDINGS,
        name
            + " has "
            + what
            + ". If that is meant to be so, set "
            + property
            + " higher in conf/ketloom.properties");
  }

  private static Refusal refused(String message) {
    return new Refusal(Refusal.Until.CHANGED, message);
  }
}
