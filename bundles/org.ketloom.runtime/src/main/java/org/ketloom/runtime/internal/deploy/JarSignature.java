package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/**
 * Whether all of a jar is signed by somebody who is trusted: every entry that isn't part of the
 * signature itself, and no entry is missing that was signed. The signer's certificate is trusted,
 * or a trusted one vouches for it (PKIX, without asking for revocations: there is nobody to ask
 * without a network); it and all between are valid at this moment, whatever time stamp there is;
 * and it may sign code: where it restricts its use, {@code KeyUsage} has digitalSignature, and
 * {@code ExtendedKeyUsage} codeSigning or any.
 */
final class JarSignature {
  private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
  private static final String ANY_USE = "2.5.29.37.0";

  /** Why it isn't what was demanded; the message goes on from the name of the jar. */
  static final class Fault extends Exception {
    private static final long serialVersionUID = 1;

    Fault(String message) {
      super(message);
    }
  }

  private final Set<X509Certificate> trusted;
  private final Path trustedFile;

  /**
   * Signatures against certificates.
   *
   * @param trusted those that are trusted
   * @param trustedFile where they come from, for messages
   */
  JarSignature(Set<X509Certificate> trusted, Path trustedFile) {
    this.trusted = Set.copyOf(trusted);
    this.trustedFile = trustedFile;
  }

  /**
   * Reads all of a jar.
   *
   * @param jar a copy that doesn't change, and that is {@linkplain JarStructure the same to
   *     everyone}
   * @throws Fault if it isn't signed as demanded
   */
  void require(Path jar) throws Fault {
    try (JarFile file = new JarFile(jar.toFile(), true)) {
      requireComplete(file);
      JarEntry unsigned = null;
      boolean signed = false;
      for (JarEntry entry : (Iterable<JarEntry>) file.stream()::iterator) {
        try (InputStream in = file.getInputStream(entry)) {
          // Only what was read to its end has been compared with its signature.
          in.transferTo(OutputStream.nullOutputStream());
        }
        if (!entry.isDirectory() && !isSignature(entry.getName())) {
          if (entry.getCodeSigners() == null) {
            unsigned = unsigned == null ? entry : unsigned;
          } else {
            signed = true;
            requireTrusted(entry.getCodeSigners());
          }
        }
      }
      if (unsigned != null) {
        throw unsigned(unsigned, !signed && file.stream().anyMatch(e -> isList(e.getName())));
      }
      if (!signed) {
        throw new Fault("there is nothing in it that could be signed");
      }
    } catch (SecurityException | IOException e) {
      throw new Fault("its signature is broken: " + e.getMessage());
    }
  }

  private static boolean isSignature(String entry) {
    String name = entry.toUpperCase(Locale.ROOT);
    return name.equals("META-INF/MANIFEST.MF")
        || name.matches("META-INF/(SIG-[^/]*|[^/]*\\.(SF|RSA|DSA|EC))");
  }

  /** Whether this is the list of what a signer has signed. */
  private static boolean isList(String entry) {
    return entry.toUpperCase(Locale.ROOT).matches("META-INF/[^/]*\\.SF");
  }

  /** The signature of an entry stays valid when another entry is taken out of the jar. */
  private static void requireComplete(JarFile file) throws Fault, IOException {
    Manifest manifest = file.getManifest();
    Map<String, Attributes> signed = manifest == null ? Map.of() : manifest.getEntries();
    for (Map.Entry<String, Attributes> section : signed.entrySet()) {
      boolean digested =
          section.getValue().keySet().stream()
              .anyMatch(k -> k.toString().toLowerCase(Locale.ROOT).endsWith("-digest"));
      if (digested && file.getEntry(section.getKey()) == null) {
        throw removed(section.getKey());
      }
    }
    for (JarEntry entry : (Iterable<JarEntry>) file.stream()::iterator) {
      if (isList(entry.getName())) {
        try (InputStream in = file.getInputStream(entry)) {
          for (String section : new Manifest(in).getEntries().keySet()) {
            if (file.getEntry(section) == null) {
              throw removed(section);
            }
          }
        }
      }
    }
  }

  private static Fault removed(String entry) {
    return new Fault(
        "its entry " + Grammar.shown(entry) + " was signed, and was taken out of the jar since");
  }

  private Fault unsigned(JarEntry entry, boolean refusedByJava) {
    return new Fault(
        "its entry "
            + Grammar.shown(entry.getName())
            + " isn't signed, and deploy.verify is signed. "
            + (refusedByJava
                ? "There is a signature, but Java doesn't accept it: its algorithm is too weak, or its"
                    + " certificate isn't one for signatures. "
                : "")
            + "Sign the jar with jarsigner and a certificate of "
            + trustedFile);
  }

  private void requireTrusted(CodeSigner[] signers) throws Fault {
    List<String> faults = new ArrayList<>();
    for (CodeSigner signer : signers) {
      String fault = fault(signer);
      if (fault.isEmpty()) {
        return;
      }
      faults.add(fault);
    }
    throw new Fault("it is signed by " + String.join(", and by ", faults));
  }

  /** What is wrong with a signer, beginning with his name; empty if nothing is. */
  private String fault(CodeSigner signer) {
    List<X509Certificate> path =
        signer.getSignerCertPath().getCertificates().stream()
            .map(X509Certificate.class::cast)
            .toList();
    X509Certificate leaf = path.get(0);
    String name = name(leaf);
    try {
      X509Certificate anchor = trusted.contains(leaf) ? leaf : anchor(path);
      Set<X509Certificate> used = new HashSet<>(path);
      used.add(anchor);
      for (X509Certificate certificate : used) {
        String time = outOfTime(certificate);
        if (!time.isEmpty()) {
          return name
              + (certificate.equals(leaf) ? "" : ", for whom vouches " + name(certificate))
              + time;
        }
      }
      return use(leaf);
    } catch (CertPathValidatorException e) {
      for (X509Certificate certificate : path) {
        String time = outOfTime(certificate);
        if (!time.isEmpty() && isTimeAlone(e)) {
          return name
              + (certificate.equals(leaf) ? "" : ", for whom vouches " + name(certificate))
              + time;
        }
      }
      return name
          + ", whose certificate none of the "
          + trusted.size()
          + " of "
          + trustedFile
          + " vouches for (deploy.verify is signed)";
    } catch (GeneralSecurityException e) {
      return name + ", whose certificate can't be checked: " + e.getMessage();
    }
  }

  private static boolean isTimeAlone(CertPathValidatorException e) {
    return e.getReason() == CertPathValidatorException.BasicReason.EXPIRED
        || e.getReason() == CertPathValidatorException.BasicReason.NOT_YET_VALID;
  }

  /** The trusted certificate that vouches for a path. */
  private X509Certificate anchor(List<X509Certificate> path) throws GeneralSecurityException {
    PKIXParameters parameters =
        new PKIXParameters(
            trusted.stream().map(a -> new TrustAnchor(a, null)).collect(Collectors.toSet()));
    parameters.setRevocationEnabled(false);
    List<X509Certificate> below = path.stream().filter(c -> !trusted.contains(c)).toList();
    PKIXCertPathValidatorResult result =
        (PKIXCertPathValidatorResult)
            CertPathValidator.getInstance("PKIX")
                .validate(
                    CertificateFactory.getInstance("X.509").generateCertPath(below), parameters);
    return result.getTrustAnchor().getTrustedCert();
  }

  private static String outOfTime(X509Certificate certificate) {
    try {
      certificate.checkValidity();
      return "";
    } catch (CertificateExpiredException e) {
      return ", whose certificate expired at "
          + certificate.getNotAfter().toInstant()
          + "; sign the jar with one that is valid";
    } catch (CertificateNotYetValidException e) {
      return ", whose certificate isn't valid before "
          + certificate.getNotBefore().toInstant()
          + "; is the clock of this machine right?";
    }
  }

  private static String use(X509Certificate leaf) throws CertificateParsingException {
    boolean[] keyUsage = leaf.getKeyUsage();
    if (keyUsage != null && !keyUsage[0]) {
      return name(leaf)
          + ", whose certificate isn't one for signatures: its KeyUsage lacks digitalSignature";
    }
    List<String> extended = leaf.getExtendedKeyUsage();
    if (extended != null && !extended.contains(CODE_SIGNING) && !extended.contains(ANY_USE)) {
      return name(leaf)
          + ", whose certificate isn't one for code: its ExtendedKeyUsage "
          + String.join(", ", extended)
          + " lacks codeSigning ("
          + CODE_SIGNING
          + ")";
    }
    return "";
  }

  private static String name(X509Certificate certificate) {
    return Grammar.shown(certificate.getSubjectX500Principal().getName());
  }
}
