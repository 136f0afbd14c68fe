package org.ketloom.itests.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.itests.support.Services;
import org.ketloom.runtime.deploy.Deployment;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Constants;

/** Hostile and clumsy jars, and what stands in their place, do no harm. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class IntakeIT {
  private static final String MARK = "ketloom.itests.mark";

  private final Services services = new Services(IntakeIT.class);
  private final List<Path> made = new ArrayList<>();
  private Folder folder;
  private Path elsewhere;

  @Configuration
  public static Option[] container() {
    return new Option[] {Folder.container()};
  }

  @Before
  public void begin() throws IOException {
    folder = new Folder(services);
    elsewhere = Files.createTempDirectory("elsewhere");
    System.clearProperty(MARK);
  }

  @After
  public void end() throws Exception {
    for (Path path : made) {
      Files.deleteIfExists(path);
    }
    System.setProperty("deploy.verify", "none");
    folder.restart();
    folder.empty();
    folder.awaitRetired();
  }

  private Path jar(String symbolicName, String version, String... entries) throws IOException {
    Manifest manifest = new Manifest();
    Attributes headers = manifest.getMainAttributes();
    headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
    headers.putValue(Constants.BUNDLE_SYMBOLICNAME, symbolicName);
    headers.putValue(Constants.BUNDLE_VERSION, version);
    Path jar = Files.createTempFile(elsewhere, "a", ".jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(out, manifest)) {
      for (String entry : entries) {
        zip.putNextEntry(new ZipEntry(entry));
        zip.write(entry.getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  private String refusedWhenAdded(Path jar) {
    return assertThrows(IllegalStateException.class, () -> folder.deployer().add(jar)).getMessage();
  }

  /** Puts something into the folder, and waits for its refusal. */
  private String refusedAs(String name) {
    made.add(folder.path.resolve(name));
    return folder.awaitRefusal(name);
  }

  /** The names of all that is in the folder of plugins, but the store's. */
  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.path)) {
      return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".jar")).toList();
    }
  }

  // ---- names become paths

  @Test
  public void aNameThatLeadsOutOfTheFolderIsRefusedAndNothingIsWritten() throws IOException {
    Path outside = folder.path.resolveSibling("lib");
    assertFalse(Files.exists(outside));
    for (String name :
        new String[] {
          "../lib/org.apache.felix.framework",
          "/tmp/a",
          "a/b",
          "\"a;b\"",
          "<a>",
          "a b",
          "a..b",
          "x".repeat(201)
        }) {
      Path jar = jar(name, "1.0.0");
      String why = refusedWhenAdded(jar);
      assertTrue(why, why.contains("is no symbolic name of OSGi"));
      Files.copy(jar, folder.path.resolve("candidate.jar"), StandardCopyOption.REPLACE_EXISTING);
      String again = refusedAs("candidate.jar");
      assertTrue(again, again.contains("is no symbolic name of OSGi"));
      Files.delete(folder.path.resolve("candidate.jar"));
      services.await(
          "end of the refusal", () -> folder.refusal("candidate.jar") == null ? true : null);
    }
    String version = refusedWhenAdded(jar("a", "1.0.0/../../b"));
    assertTrue(version, version.contains("is no OSGi version"));
    assertEquals(List.of(), files());
    assertFalse(Files.exists(outside));
    assertFalse(Files.exists(Path.of("/tmp/a-1.0.0.jar")));
    assertEquals(List.of(), folder.bundles());
  }

  @Test
  public void whatIsShownControlsNoTerminal() throws IOException {
    String why = refusedWhenAdded(jar("a\u001b[2Jb", "1.0.0"));
    assertTrue(why, why.contains("control characters: a\uFFFD[2Jb"));
    assertFalse(why, why.contains("\u001b"));
    Files.copy(jar("a", "1.0.0"), folder.path.resolve("b\u001b[2Jc.jar"));
    String name = refusedAs("b\u001b[2Jc.jar");
    assertTrue(name, name.startsWith("b\uFFFD[2Jc.jar: the name of the file has control"));
  }

  @Test
  public void anEntryThatLeadsOutOfTheJarIsRefused() throws IOException {
    String why = refusedWhenAdded(jar("a", "1.0.0", "../../../escaped.txt"));
    assertTrue(
        why, why.contains("has an entry with the name \"../../../escaped.txt\", which leads"));
  }

  // ---- verified is what is installed

  /** The list of allowed jars is a pipe, so that its reader waits while the jar is exchanged. */
  @Test
  public void whatIsExchangedAfterItsVerificationBeginsDoesNotRun() throws Exception {
    Path wave = folder.jars.resolve(Jars.wave("1.0.0"));
    Deployment deployment = folder.deployer().add(wave);
    String sha256 = deployment.plugins().get(0).sha256();
    Path list = elsewhere.resolve("allowed");
    assumeTrue(new ProcessBuilder("mkfifo", list.toString()).start().waitFor() == 0);
    Path kept = folder.path.resolve(".deployments/jars/" + sha256 + ".jar");
    Path placed = folder.path.resolve("test.wave-1.0.0.jar");
    System.setProperty("deploy.verify", "digest");
    System.setProperty("deploy.allowed", list.toString());
    Thread exchange =
        new Thread(
            () -> {
              // It opens as soon as somebody reads the list, and that waits for the content.
              try (OutputStream out = Files.newOutputStream(list)) {
                Path mark = folder.jars.resolve("mark.jar");
                Files.copy(mark, kept, StandardCopyOption.REPLACE_EXISTING);
                Files.copy(mark, placed, StandardCopyOption.REPLACE_EXISTING);
                out.write((sha256 + "\n").getBytes(StandardCharsets.UTF_8));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              try {
                // Whoever looks from now on finds a list.
                Files.writeString(elsewhere.resolve("next"), sha256 + "\n");
                Files.move(elsewhere.resolve("next"), list, StandardCopyOption.ATOMIC_MOVE);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    exchange.start();
    folder.restart();
    exchange.join();
    folder.awaitCurrent("test.wave 1.0.0");
    String why = folder.awaitRefusal("test.wave-1.0.0.jar");
    assertTrue(why, why.contains("isn't among the 1 of " + list));
    assertEquals(List.of("test.wave 1.0.0"), folder.bundles());
    assertEquals(List.of("1.0.0"), folder.ansaetze("wave"));
    assertNull("what isn't allowed has run", System.getProperty(MARK));
  }

  // ---- what is no regular file

  @Test
  public void whatIsNoRegularFileIsRefusedAtOnceAndOthersAreTaken() throws Exception {
    Path pipe = folder.path.resolve("pipe.jar");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    Files.createSymbolicLink(folder.path.resolve("zero.jar"), Path.of("/dev/zero"));
    Files.createSymbolicLink(folder.path.resolve("linked.jar"), pipe);
    Files.createDirectory(folder.path.resolve("folder.jar"));
    made.addAll(
        List.of(
            pipe,
            folder.path.resolve("zero.jar"),
            folder.path.resolve("linked.jar"),
            folder.path.resolve("folder.jar")));
    folder.restart();
    assertTrue(folder.awaitRefusal("pipe.jar").contains("is a named pipe, not a regular file"));
    assertTrue(folder.awaitRefusal("zero.jar").contains("is a link to a device"));
    assertTrue(folder.awaitRefusal("linked.jar").contains("is a link to a named pipe"));
    assertTrue(folder.awaitRefusal("folder.jar").contains("is a folder, not a regular file"));
    assertTrue(refusedWhenAdded(pipe).contains("is a named pipe"));
    assertTrue(refusedWhenAdded(Path.of("/dev/zero")).contains("is a device"));
    assertTrue(refusedWhenAdded(elsewhere).contains("is a folder"));
    // A link to a regular file is how people put jars that lie elsewhere into the folder.
    Path link = folder.path.resolve("link.jar");
    Files.createSymbolicLink(link, folder.jars.resolve(Jars.wave("1.0.0")));
    made.add(link);
    folder.awaitCurrent("test.wave 1.0.0");
  }

  // ---- limits

  @Test
  public void aJarThatUnpacksToAGigabyteIsRefusedBeforeItIsInstalled() throws IOException {
    Path bomb = elsewhere.resolve("bomb.jar");
    Files.copy(jar("test.bomb", "1.0.0"), bomb);
    Manifest manifest;
    try (var jar = new java.util.jar.JarFile(bomb.toFile())) {
      manifest = jar.getManifest();
    }
    try (OutputStream out = Files.newOutputStream(bomb);
        JarOutputStream zip = new JarOutputStream(out, manifest)) {
      zip.putNextEntry(new ZipEntry("zeros"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 1024; i++) {
        zip.write(zeros);
      }
    }
    String why = refusedWhenAdded(bomb);
    assertTrue(why, why.contains("bomb.jar has more than 100 times its "));
    assertTrue(why, why.contains("deploy.limit.ratio"));
    Path large = elsewhere.resolve("large.jar");
    try (var sparse = new java.io.RandomAccessFile(large.toFile(), "rw")) {
      sparse.setLength(4L << 30);
    }
    String size = refusedWhenAdded(large);
    assertTrue(size, size.contains("large.jar has more than 268435456 bytes"));
    assertTrue(size, size.contains("deploy.limit.jar"));
    Files.delete(large);
  }

  // ---- a store that others wrote

  @Test
  public void whateverNumberIsCurrentTheDeploymentsAreListed() throws Exception {
    Deployment first = folder.deployer().add(folder.jars.resolve(Jars.wave("1.0.0")));
    Path current = folder.path.resolve(".deployments/current");
    Files.writeString(current, "2000000000\n");
    List<Deployment> all = folder.deployer().deployments();
    assertEquals(first, all.get(all.size() - 1));
    Deployment back = folder.deployer().rollback(first.number());
    assertEquals(first.number() + 1, back.number());
    assertEquals(List.of("test.wave 1.0.0"), folder.current());
  }

  @Test
  public void aStoreThatIsALinkIsNotFollowed() throws Exception {
    Path store = folder.path.resolve(".deployments");
    Path away = folder.path.resolve("away");
    boolean there = Files.isDirectory(store);
    if (there) {
      Files.move(store, away);
    }
    Files.createSymbolicLink(store, elsewhere);
    try {
      String message =
          assertThrows(
                  IOException.class,
                  () -> folder.deployer().add(folder.jars.resolve(Jars.wave("1.0.0"))))
              .getMessage();
      assertTrue(message, message.contains(store + " is a link"));
      try (Stream<Path> files = Files.list(elsewhere)) {
        assertEquals(0, files.count());
      }
    } finally {
      Files.delete(store);
      if (there) {
        Files.move(away, store);
      }
    }
  }
}
