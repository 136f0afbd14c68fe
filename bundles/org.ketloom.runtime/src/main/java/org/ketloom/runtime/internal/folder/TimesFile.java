package org.ketloom.runtime.internal.folder;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.ketloom.runtime.internal.blueprint.BlueprintTree;
import org.ketloom.runtime.run.RunTimes;

/**
 * {@code times.json}: when a run was trained. It stands apart from the manifest, which is the same
 * for two runs of one Blueprint. A run is trained and resumed whatever becomes of this file.
 */
public final class TimesFile {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  private TimesFile() {}

  /** What is in the file; empty if it isn't there or is damaged. */
  public static Optional<RunTimes> read(RunFiles files) {
    if (!Files.exists(files.times(), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      JsonNode json = RunFiles.readJson(files.times());
      return Optional.of(
          new RunTimes(
              Instant.parse(json.path("began").asText()),
              Instant.parse(json.path("changed").asText()),
              Duration.ofMillis(Math.max(0, json.path("trainedMillis").asLong()))));
    } catch (IOException | DateTimeException e) {
      LOG.log(Level.DEBUG, files.times() + " is left out", e);
      return Optional.empty();
    }
  }

  /** Writes the file, if the system lets it. */
  public static void write(RunFiles files, RunTimes times) {
    try {
      RunFiles.writeText(
          files.times(),
          BlueprintTree.pretty(
              RunFiles.object()
                  .put("began", times.began().truncatedTo(ChronoUnit.SECONDS).toString())
                  .put("changed", times.changed().truncatedTo(ChronoUnit.SECONDS).toString())
                  .put("trainedMillis", times.trained().toMillis())));
    } catch (IOException e) {
      LOG.log(Level.DEBUG, files.times() + " isn't written", e);
    }
  }
}
