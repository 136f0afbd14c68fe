package org.ketloom.runtime.internal.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JarStructureTest {
  private static final JarLimits LIMITS = JarLimits.of(name -> null);

  @TempDir Path folder;

  private Path jar(String... entries) throws IOException {
    Path jar = folder.resolve("a.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String entry : entries) {
        zip.putNextEntry(new ZipEntry(entry));
        if (!entry.endsWith("/")) {
          zip.write(entry.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    return jar;
  }

  /** The jar with a text of the same length in the place of another, the first time or later. */
  private static Path changed(Path jar, String from, String to, int occurrence) throws IOException {
    String text = Files.readString(jar, StandardCharsets.ISO_8859_1);
    int at = -1;
    for (int i = 0; i < occurrence; i++) {
      at = text.indexOf(from, at + 1);
      assertTrue(at >= 0);
    }
    String changed = text.substring(0, at) + to + text.substring(at + from.length());
    return Files.writeString(jar, changed, StandardCharsets.ISO_8859_1);
  }

  private static String refused(Path jar, JarLimits limits) {
    return assertThrows(Refusal.class, () -> JarStructure.require(jar, "a.jar", limits))
        .getMessage();
  }

  private static String refused(Path jar) {
    return refused(jar, LIMITS);
  }

  @Test
  void anOrdinaryJarIsTaken() throws Exception {
    JarStructure.require(
        jar("META-INF/", "META-INF/MANIFEST.MF", "a/", "a/B.class", "a/b.class", "OSGI-INF/c.xml"),
        "a.jar",
        LIMITS);
  }

  @Test
  void twoEntriesWithOneNameAreRefused() throws IOException {
    // The tools write no such jar: the name is changed in the content and in the directory.
    Path jar = jar("one.class", "two.class");
    changed(changed(jar, "two.class", "one.class", 1), "two.class", "one.class", 1);
    assertTrue(refused(jar).startsWith("a.jar has two entries one.class, of which"), refused(jar));
    assertTrue(refused(jar("a", "a/")).contains("has two entries a/"));
  }

  @Test
  void aDirectoryThatSaysOtherwiseThanTheContentIsRefused() throws IOException {
    // Each name stands before the content, and in the directory.
    for (int occurrence : List.of(1, 2)) {
      String why = refused(changed(jar("one.class", "two"), "one.class", "eno.class", occurrence));
      assertTrue(why.contains("its directory and its content differ in 2 entries"), why);
    }
  }

  @Test
  void whatStandsBeforeOrBetweenTheEntriesIsRefused() throws IOException {
    Path jar = jar("one.class", "two.class");
    byte[] content = Files.readAllBytes(jar);
    ByteArrayOutputStream longer = new ByteArrayOutputStream();
    longer.writeBytes("#!/bin/sh\n".getBytes(StandardCharsets.UTF_8));
    longer.writeBytes(content);
    Files.write(jar, longer.toByteArray());
    assertTrue(refused(jar).startsWith("a.jar is not "), refused(jar));
  }

  @Test
  void namesThatLeadElsewhereAreRefused() throws IOException {
    for (String name :
        List.of("../a", "a/../../b", "/etc/passwd", "a//b", "./a", "a\\b", "a\u001b[2J", "a\nb")) {
      String why = refused(jar(name));
      assertTrue(why.contains("which leads elsewhere or can't be that of a file"), why);
    }
  }

  @Test
  void whatSomeReadersTakeForTheManifestIsRefused() throws IOException {
    for (String name :
        List.of("META-INF/manifest.mf", "meta-inf/MANIFEST.MF", "Meta-Inf/x", "meta-inf/")) {
      String why = refused(jar("META-INF/MANIFEST.MF", name));
      assertTrue(why.contains("which some readers take for one of META-INF/"), why);
    }
    assertTrue(refused(jar("META-INF/A.SF", "META-INF/a.sf")).contains("has two entries"));
  }

  private Path zeros(int mebibytes) throws IOException {
    Path jar = folder.resolve("a.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("zeros"));
      for (int i = 0; i < mebibytes; i++) {
        zip.write(new byte[1 << 20]);
      }
    }
    return jar;
  }

  @Test
  void aBombIsRefusedByItsRatio() throws IOException {
    String why = refused(zeros(64));
    assertTrue(why.contains("a.jar has more than 100 times its "), why);
    assertTrue(why.contains("set deploy.limit.ratio higher in conf/ketloom.properties"), why);
  }

  @Test
  void eachLimitIsNamedWithItsProperty() throws Exception {
    JarLimits large = new JarLimits(1 << 20, 2, 3 << 20, 4 << 20, 10_000);
    JarStructure.require(zeros(3), "a.jar", large);
    assertEquals(
        "a.jar has an entry of more than 3145728 bytes, zeros. If that is meant to be so, set"
            + " deploy.limit.entry higher in conf/ketloom.properties",
        refused(zeros(4), large));
    String unpacked = refused(zeros(5), new JarLimits(1 << 20, 2, 9 << 20, 4 << 20, 10_000));
    assertTrue(unpacked.contains("more than 4194304 bytes unpacked"), unpacked);
    assertTrue(unpacked.contains("deploy.limit.unpacked"), unpacked);
    String entries = refused(jar("a", "b", "c"), large);
    assertTrue(entries.contains("more than 2 entries"), entries);
    assertTrue(entries.contains("deploy.limit.entries"), entries);
  }

  @Test
  void aLimitThatIsNoNumberIsNamed() {
    for (String value : List.of("much", "0", "-1", "1.5")) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> JarLimits.of(n -> n.equals("deploy.limit.entry") ? value : null))
              .getMessage();
      assertEquals(
          "deploy.limit.entry is \"" + value + "\", expected a whole number above 0", message);
    }
  }
}
