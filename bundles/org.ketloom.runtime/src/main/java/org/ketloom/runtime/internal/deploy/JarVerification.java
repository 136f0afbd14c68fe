package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.ketloom.files.Causes;

/**
 * What is demanded of a jar before any of its code runs.
 *
 * @param level how much
 * @param allowed list of SHA-256 that {@link Level#DIGEST} takes, in the form of {@code sha256sum}
 * @param trusted certificates in PEM that {@link Level#SIGNED} takes
 */
record JarVerification(Level level, Path allowed, Path trusted) {

  /** How much is demanded. */
  enum Level {
    /** Nothing. */
    NONE,
    /** Its SHA-256 is in the list. */
    DIGEST,
    /** All of it is signed with a certificate that is trusted. */
    SIGNED
  }

  /**
   * Reads the level.
   *
   * @throws IllegalArgumentException for an unknown one
   */
  static Level level(String text) {
    for (Level level : Level.values()) {
      if (level.name().toLowerCase(Locale.ROOT).equals(text)) {
        return level;
      }
    }
    throw new IllegalArgumentException(
        "deploy.verify is \"" + text + "\"; it takes none, digest or signed");
  }

  /** When the demands last changed; the epoch if there are none, or a file is missing. */
  FileTime changed() {
    try {
      return level == Level.NONE
          ? FileTime.fromMillis(0)
          : Files.getLastModifiedTime(level == Level.DIGEST ? allowed : trusted);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  /**
   * Checks.
   *
   * @param jar a copy that doesn't change
   * @param name of the file, for messages
   */
  void require(Path jar, String sha256, String name) throws Refusal {
    if (level == Level.DIGEST) {
      requireListed(sha256, name);
    } else if (level == Level.SIGNED) {
      requireSigned(jar, name);
    }
  }

  private void requireListed(String sha256, String name) throws Refusal {
    Set<String> hashes = new HashSet<>();
    try {
      for (String line : Files.readAllLines(allowed)) {
        hashes.add(line.strip().split("\\s+")[0].toLowerCase(Locale.ROOT));
      }
    } catch (IOException e) {
      throw refused(
          name,
          "deploy.verify is digest, but the list of allowed jars can't be read: " + Causes.of(e));
    }
    if (!hashes.contains(sha256)) {
      throw refused(
          name,
          "its SHA-256 is "
              + sha256
              + ", which isn't among the "
              + hashes.size()
              + " of "
              + allowed
              + " (deploy.verify is digest). If you trust it: echo "
              + sha256
              + " >> "
              + allowed);
    }
  }

  private void requireSigned(Path jar, String name) throws Refusal {
    Set<X509Certificate> anchors;
    try (InputStream in = Files.newInputStream(trusted)) {
      anchors =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .collect(Collectors.toSet());
    } catch (IOException | GeneralSecurityException e) {
      throw refused(
          name,
          "deploy.verify is signed, but the trusted certificates can't be read from "
              + trusted
              + ": "
              + Causes.of(e));
    }
    try {
      new JarSignature(anchors, trusted).require(jar);
    } catch (JarSignature.Fault e) {
      throw refused(name, Causes.of(e));
    }
  }

  private static Refusal refused(String name, String why) {
    return new Refusal(Refusal.Until.SURROUNDINGS, name + " is not verified: " + why);
  }
}
