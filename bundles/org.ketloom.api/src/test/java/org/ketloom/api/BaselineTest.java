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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The API against that of the last release, whose jar lies beside the tests. */
class BaselineTest {
  private static final Path CLASSES = Path.of("target", "classes");
  private static final Path RELEASE = Path.of("src", "test", "baseline", "org.ketloom.api.jar");

  @Test
  void versionsAreAsHighAsTheChangesSinceTheLastReleaseAskFor() throws Exception {
    List<String> faults = new ArrayList<>();
    try (Processor processor = new Processor();
        Jar now = new Jar(CLASSES.toFile());
        Jar release = new Jar(RELEASE.toFile())) {
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
    assertEquals(List.of(), faults);
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
