package org.ketloom.itests.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.itests.support.Services;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleException;

/** What isn't verified is refused before any of its code runs. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class VerificationIT {
  private static final String KEYS = "ketloom.itests.keys";
  private static final String MARK = "ketloom.itests.mark";

  private final Services services = new Services(VerificationIT.class);
  private Folder folder;

  @Configuration
  public static Option[] container() {
    Path keys;
    try {
      keys = Files.createTempDirectory("keys");
      Map<String, String> people =
          Map.of(
              "friend",
              "-validity 30",
              "stranger",
              "-validity 30",
              "late",
              "-startdate -30d -validity 10",
              "early",
              "-startdate +10d -validity 10",
              "encipherer",
              "-validity 30 -ext KU=keyEncipherment",
              "server",
              "-validity 30 -ext KU=digitalSignature -ext EKU=serverAuth",
              "coder",
              "-validity 30 -ext KU=digitalSignature -ext EKU=codeSigning");
      for (Map.Entry<String, String> person : people.entrySet()) {
        String who = person.getKey();
        run(
            keys,
            "keytool -genkeypair -keyalg EC -dname CN="
                + who
                + " -alias "
                + who
                + " -keystore "
                + who
                + ".p12 -storepass secret "
                + person.getValue());
        run(
            keys,
            "keytool -exportcert -rfc -alias "
                + who
                + " -keystore "
                + who
                + ".p12 -storepass secret -file "
                + who
                + ".pem");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return CoreOptions.options(
        Folder.container(), CoreOptions.systemProperty(KEYS).value(keys.toString()));
  }

  private static void run(Path folder, String command) throws IOException {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.set(0, Path.of(System.getProperty("java.home"), "bin", words.get(0)).toString());
    Path log = Files.createTempFile(folder, "tool", ".log");
    try {
      int status =
          new ProcessBuilder(words)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start()
              .waitFor();
      assertEquals(Files.readString(log), 0, status);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Before
  public void begin() {
    folder = new Folder(services);
    System.clearProperty(MARK);
  }

  @After
  public void end() throws IOException, BundleException {
    demand("none");
    folder.empty();
  }

  private void demand(String level) throws BundleException {
    System.setProperty("deploy.verify", level);
    folder.restart();
  }

  private Path sign(String jar, String who) throws IOException {
    Path keys = Path.of(System.getProperty(KEYS));
    Path signed = keys.resolve(who + "-" + jar);
    Files.copy(folder.jars.resolve(jar), signed, StandardCopyOption.REPLACE_EXISTING);
    run(keys, "jarsigner -keystore " + who + ".p12 -storepass secret " + signed + " " + who);
    trust("friend");
    return signed;
  }

  private static void trust(String who) {
    Path keys = Path.of(System.getProperty(KEYS));
    System.setProperty("deploy.trusted", keys.resolve(who + ".pem").toString());
  }

  private String refused(Path jar) throws IOException {
    Path target = folder.path.resolve("candidate.jar");
    Files.copy(jar, target);
    String why = folder.awaitRefusal("candidate.jar");
    assertTrue(why, why.startsWith("candidate.jar is not verified: "));
    assertNull("its code has run", System.getProperty(MARK));
    assertEquals(List.of(), folder.bundles());
    Files.delete(target);
    services.await(
        "end of the refusal", () -> folder.refusal("candidate.jar") == null ? true : null);
    return why;
  }

  @Test
  public void anUnsignedJarIsRefused() throws Exception {
    sign("wave-1.0.0.jar", "friend");
    demand("signed");
    String why = refused(folder.jars.resolve("mark.jar"));
    assertTrue(why, why.contains("isn't signed, and deploy.verify is signed. Sign the jar"));
  }

  @Test
  public void aJarOfAStrangerIsRefused() throws Exception {
    Path signed = sign("mark.jar", "stranger");
    demand("signed");
    String why = refused(signed);
    assertTrue(why, why.contains("it is signed by CN=stranger, whose certificate none of the 1"));
  }

  @Test
  public void aJarThatWasChangedAfterSigningIsRefused() throws Exception {
    Path signed = sign("mark.jar", "friend");
    Path changed = signed.resolveSibling("changed.jar");
    Files.copy(signed, changed);
    try (FileSystem zip = FileSystems.newFileSystem(changed);
        OutputStream out =
            Files.newOutputStream(zip.getPath("org/ketloom/itests/plugin/LeavesAMark.class"))) {
      out.write("something else".getBytes(StandardCharsets.UTF_8));
    }
    Path added = signed.resolveSibling("added.jar");
    Files.copy(signed, added);
    try (FileSystem zip = FileSystems.newFileSystem(added)) {
      Files.writeString(zip.getPath("more.txt"), "more");
    }
    demand("signed");
    String why = refused(changed);
    assertTrue(why, why.contains("its signature is broken"));
    String more = refused(added);
    assertTrue(more, more.contains("its entry more.txt isn't signed"));

    Files.copy(signed, folder.path.resolve("candidate.jar"));
    folder.awaitCurrent("test.mark 1.0.0");
    assertEquals("it has run", System.getProperty(MARK));
  }

  @Test
  public void aCertificateThatIsOutOfTimeIsToldAsSuchWithItsDate() throws Exception {
    Path late = sign("mark.jar", "late");
    Path early = sign("mark.jar", "early");
    trust("late");
    demand("signed");
    String expired = refused(late);
    assertTrue(
        expired,
        expired.matches(".*CN=late, whose certificate expired at \\d{4}-\\d\\d-\\d\\dT.*"));
    trust("early");
    demand("signed");
    String notYet = refused(early);
    assertTrue(
        notYet,
        notYet.matches(".*CN=early, whose certificate isn't valid before \\d{4}-\\d\\d-\\d\\dT.*"));
  }

  @Test
  public void aCertificateForSomethingElseSignsNoCode() throws Exception {
    Path encipherer = sign("mark.jar", "encipherer");
    Path server = sign("mark.jar", "server");
    Path coder = sign("wave-1.0.0.jar", "coder");
    trust("encipherer");
    demand("signed");
    String usage = refused(encipherer);
    assertTrue(usage, usage.contains("There is a signature, but Java doesn't accept it"));
    trust("server");
    demand("signed");
    String extended = refused(server);
    assertTrue(extended, extended.contains("its ExtendedKeyUsage 1.3.6.1.5.5.7.3.1 lacks codeS"));
    trust("coder");
    demand("signed");
    Files.copy(coder, folder.path.resolve("candidate.jar"));
    folder.awaitCurrent("test.wave 1.0.0");
  }

  @Test
  public void anEntryThatWasTakenOutAfterSigningIsMissed() throws Exception {
    Path signed = sign("mark.jar", "friend");
    Path less = signed.resolveSibling("less.jar");
    Files.copy(signed, less);
    try (FileSystem zip = FileSystems.newFileSystem(less)) {
      Files.delete(zip.getPath("org/ketloom/itests/plugin/LeavesAMark.class"));
    }
    demand("signed");
    String why = refused(less);
    assertTrue(
        why, why.contains("LeavesAMark.class was signed, and was taken out of the jar since"));
  }

  @Test
  public void onlyWhatIsListedIsTaken() throws Exception {
    Path list = Path.of(System.getProperty(KEYS)).resolve("allowed.sha256");
    System.setProperty("deploy.allowed", list.toString());
    demand("digest");
    String none = refused(folder.jars.resolve("mark.jar"));
    assertTrue(none, none.contains("the list of allowed jars can't be read"));

    Path wave = folder.jars.resolve("wave-1.0.0.jar");
    Files.writeString(list, hash(wave) + "  wave-1.0.0.jar\n");
    String why = refused(folder.jars.resolve("mark.jar"));
    assertTrue(why, why.contains("its SHA-256 is " + hash(folder.jars.resolve("mark.jar"))));
    assertTrue(why, why.contains("isn't among the 1 of " + list));
    folder.drop("wave-1.0.0.jar");
    folder.awaitCurrent("test.wave 1.0.0");

    // What was taken is verified again when the container starts.
    Files.writeString(list, "");
    folder.restart();
    services.await(
        "refusal of test.wave",
        () ->
            folder.deployer().plugins().stream()
                    .anyMatch(p -> p.detail().contains("isn't among the 0 of"))
                ? true
                : null);
    assertEquals(List.of(), folder.bundles());
  }

  private static String hash(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
