package org.ketloom.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** Bundles of nothing but a manifest, in a framework of their own. */
@Timeout(60)
class ResolveDiagnosisTest {
  @TempDir Path folder;
  private Framework framework;

  @BeforeEach
  void start() throws BundleException {
    framework =
        new FrameworkFactory()
            .newFramework(
                Map.of(
                    Constants.FRAMEWORK_STORAGE,
                    folder.resolve("framework").toString(),
                    "felix.log.level",
                    "0"));
    framework.start();
  }

  @AfterEach
  void stop() throws Exception {
    framework.stop();
    framework.waitForStop(0);
  }

  private Path jar(String name, Map<String, String> headers) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Bundle-ManifestVersion", "2");
    attributes.putValue("Bundle-SymbolicName", name);
    attributes.putValue("Bundle-Version", "1.0.0");
    headers.forEach(attributes::putValue);
    Path jar = folder.resolve(name + ".jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return jar;
  }

  private Bundle install(String name, Map<String, String> headers) throws Exception {
    return framework.getBundleContext().installBundle(jar(name, headers).toUri().toString());
  }

  private ResolveDiagnosis diagnosis(Candidate... candidates) {
    return new ResolveDiagnosis(
        List.of(framework.getBundleContext().getBundles()), List.of(candidates));
  }

  private static List<String> requested(List<MissingRequirement> missing) {
    return missing.stream().map(m -> m.requested().toString()).toList();
  }

  @Test
  void namesEachRequirementThatNobodyMeets() throws Exception {
    Bundle user =
        install(
            "user",
            Map.of(
                "Import-Package",
                "any,least;version=1.5,half;version=\"[1,2)\",closed;version=\"[1,2]\","
                    + "maybe;resolution:=optional",
                "DynamicImport-Package",
                "later",
                "Require-Bundle",
                "other;bundle-version=\"[3,4)\"",
                "Require-Capability",
                "a.kind;filter:=\"(size=3)\",then;effective:=active,bare"));
    Bundle orphan = install("orphan", Map.of("Fragment-Host", "nobody"));

    ResolveDiagnosis diagnosis = diagnosis();

    List<String> missing = requested(diagnosis.missing(user));
    assertTrue(
        missing.containsAll(
            List.of(
                "package any",
                "package least from version 1.5.0",
                "package half [1.0.0,2.0.0)",
                "package closed [1.0.0,2.0.0]",
                "bundle other [3.0.0,4.0.0)",
                "a.kind (size=3)",
                "bare")),
        missing::toString);
    assertEquals(7, missing.size(), missing::toString);
    assertEquals(List.of("host nobody"), requested(diagnosis.missing(orphan)));
    assertEquals(List.of(), diagnosis.waitsFor(user));
  }

  @Test
  void tellsWhoCouldProvideItFromWhoHasAnotherVersion() throws Exception {
    Bundle user = install("user", Map.of("Import-Package", "a.api;version=\"[2,3)\""));
    install("old", Map.of("Export-Package", "a.api;version=1.2"));
    Candidate newer =
        Candidate.read(
                jar("newer", Map.of("Export-Package", "a.api;version=3.1")), b -> b + " (newer)")
            .orElseThrow();
    Candidate right =
        Candidate.read(jar("right", Map.of("Export-Package", "a.api;version=2.1")), b -> b)
            .orElseThrow();

    MissingRequirement without = diagnosis(newer).missing(user).get(0);
    MissingRequirement with = diagnosis(newer, right).missing(user).get(0);

    assertEquals(List.of(), without.candidates());
    assertEquals(
        "package a.api [2.0.0,3.0.0), but there is only version 1.2.0 of old 1.0.0,"
            + " version 3.1.0 of newer 1.0.0 (newer). Build it again",
        without.explain(": install", "nobody", ". Build it again"));
    assertEquals(
        "package a.api [2.0.0,3.0.0), which right 1.0.0 could provide: install it",
        with.explain(": install it", "nobody", ""));
  }

  @Test
  void saysWhatOfThatNameNobodyHas() throws Exception {
    Bundle user = install("user", Map.of("Import-Package", "nowhere"));
    assertEquals(
        "package nowhere, which nobody has",
        diagnosis().missing(user).get(0).explain("", "which nobody has", ""));
  }

  @Test
  void whoWaitsForAnotherLacksNothing() throws Exception {
    Bundle first = install("first", Map.of("Import-Package", "nowhere", "Export-Package", "one"));
    Bundle second = install("second", Map.of("Import-Package", "one,own", "Export-Package", "own"));
    assertEquals(List.of("package nowhere"), requested(diagnosis().missing(first)));
    assertEquals(List.of(), diagnosis().missing(second));
    assertEquals(List.of("first 1.0.0"), diagnosis().waitsFor(second));
  }

  @Test
  void requirementsThatClashAreExplainedByTheResolver() throws Exception {
    install("x1", Map.of("Export-Package", "x;version=1"));
    install("x2", Map.of("Export-Package", "x;version=2"));
    install("y", Map.of("Export-Package", "y;uses:=x", "Import-Package", "x;version=\"[1,2)\""));
    Bundle clash = install("clash", Map.of("Import-Package", "x;version=\"[2,3)\",y"));
    Bundle well = install("well", Map.of("Import-Package", "x"));
    assertEquals(List.of(), diagnosis().missing(clash));
    String conflict = ResolveDiagnosis.conflict(clash).orElseThrow();
    assertTrue(conflict.contains("clash"), conflict);
    assertEquals(Optional.empty(), ResolveDiagnosis.conflict(well));
  }

  @Test
  void jarsThatCannotBeReadOfferNothing() throws IOException {
    Path text = Files.writeString(folder.resolve("text.jar"), "text");
    Path noManifest = folder.resolve("bare.jar");
    new JarOutputStream(Files.newOutputStream(noManifest)).close();
    for (Path jar :
        List.of(
            text,
            noManifest,
            folder,
            folder.resolve("gone.jar"),
            jar("torn", Map.of("Export-Package", ";;=")))) {
      assertEquals(Optional.empty(), Candidate.read(jar, name -> name), jar::toString);
    }
    assertEquals(
        "plain 1.0.0",
        Candidate.read(jar("plain", Map.of("Bundle-SymbolicName", "plain;singleton:=true")), b -> b)
            .orElseThrow()
            .name());
  }
}
