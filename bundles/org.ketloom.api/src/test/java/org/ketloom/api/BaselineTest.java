package org.ketloom.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import aQute.bnd.differ.Baseline;
import aQute.bnd.differ.Baseline.Info;
import aQute.bnd.differ.DiffPluginImpl;
import aQute.bnd.osgi.Constants;
import aQute.bnd.osgi.Jar;
import aQute.bnd.osgi.Processor;
import aQute.bnd.service.diff.Delta;
import aQute.bnd.service.diff.Diff;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API against that of the last release, whose jar lies beside the tests. */
class BaselineTest {
  private static final Path CLASSES = Path.of("target", "classes");
  private static final Path RELEASE = Path.of("src", "test", "baseline", "org.ketloom.api.jar");

  @TempDir Path folder;

  @Test
  void versionsAreAsHighAsTheChangesSinceTheLastReleaseAskFor() throws Exception {
    try (Jar now = new Jar(CLASSES.toFile());
        Jar release = new Jar(RELEASE.toFile())) {
      assertEquals(List.of(), faults(now, release));
    }
  }

  /** What is wrong with the versions of a jar's packages, a sentence each. */
  private static List<String> faults(Jar now, Jar release) throws Exception {
    List<String> faults = new ArrayList<>();
    try (Processor processor = new Processor()) {
      for (Info info : new Baseline(processor, new DiffPluginImpl()).baseline(now, release, null)) {
        boolean changed = info.packageDiff.getDelta().compareTo(Delta.MICRO) > 0;
        if (changed && info.newerVersion.compareTo(info.suggestedVersion) < 0) {
          faults.add(
              info.packageName
                  + " is "
                  + info.newerVersion
                  + ", but these changes since "
                  + info.olderVersion
                  + " make it "
                  + info.suggestedVersion
                  + ": "
                  + changes(info.packageDiff));
        }
      }
    }
    return faults;
  }

  @Test
  void aBreakAsksForTheNextMajorVersionAndAnAdditionForTheNextMinorOne() throws Exception {
    String door = "public interface Door { void open(); %s }";
    String both = String.format(door, "void close();");
    String one = String.format(door, "");
    String three = String.format(door, "void close(); default void slam() {}");
    try (Jar release = jar("1.2.0", both);
        Jar same = jar("1.2.0", both);
        Jar broken = jar("1.2.0", one);
        Jar next = jar("2.0.0", one);
        Jar grown = jar("1.2.0", three);
        Jar minor = jar("1.3.0", three)) {
      assertEquals(List.of(), faults(same, release));
      assertEquals(
          List.of(
              "made.up is 1.2.0, but these changes since 1.2.0 make it 2.0.0: [made.up.Door:"
                  + " removed close()]"),
          faults(broken, release));
      assertEquals(List.of(), faults(next, release));
      assertEquals(
          List.of(
              "made.up is 1.2.0, but these changes since 1.2.0 make it 1.3.0: [made.up.Door:"
                  + " added slam()]"),
          faults(grown, release));
      assertEquals(List.of(), faults(minor, release));
    }
  }

  /** A bundle that exports {@code made.up}, which has one type for others to use. */
  private Jar jar(String version, String type) throws Exception {
    Path classes = Files.createTempDirectory(folder, "classes");
    Path source = classes.resolve("Door.java");
    Files.writeString(source, "package made.up; " + type);
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", classes.toString(), source.toString()));
    Files.delete(source);
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
    manifest.getMainAttributes().putValue(Constants.BUNDLE_SYMBOLICNAME, "made.up");
    manifest.getMainAttributes().putValue(Constants.BUNDLE_VERSION, version);
    manifest
        .getMainAttributes()
        .putValue(Constants.EXPORT_PACKAGE, "made.up;version=\"" + version + "\"");
    Jar jar = new Jar(classes.toFile());
    jar.setManifest(manifest);
    return jar;
  }

  @Test
  void everyPackageHasTheVersionOfTheProduct() throws Exception {
    try (Jar now = new Jar(CLASSES.toFile())) {
      String product = now.getManifest().getMainAttributes().getValue(Constants.BUNDLE_VERSION);
      try (Processor processor = new Processor()) {
        processor
            .parseHeader(now.getManifest().getMainAttributes().getValue(Constants.EXPORT_PACKAGE))
            .forEach((name, attributes) -> assertEquals(product, attributes.getVersion(), name));
      }
    }
  }

  /** What was added, removed or changed, as deep as it goes. */
  private static List<String> changes(Diff diff) {
    List<String> changes = new ArrayList<>();
    for (Diff child : diff.getChildren()) {
      Delta delta = child.getDelta();
      if (delta == Delta.ADDED || delta == Delta.REMOVED) {
        changes.add(delta.name().toLowerCase(java.util.Locale.ROOT) + " " + child.getName());
      } else if (delta.compareTo(Delta.MICRO) > 0) {
        changes(child).forEach(change -> changes.add(child.getName() + ": " + change));
      }
    }
    return changes;
  }
}
