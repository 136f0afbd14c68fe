package org.ketloom.runtime.internal.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ketloom.files.Causes;
import org.ketloom.files.FolderPoll;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.text.Suggestion;
import org.ketloom.runtime.job.Jobs;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Turns the files of a folder into configurations, and keeps these up to date with the files. */
final class CompositionFolder {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");
  private static final long POLL_MILLIS = 500;
  private static final List<String> KEYS = List.of("blueprint", "run", "policy", "autoResume");

  private final ConfigurationAdmin configurations;
  private @Nullable ScheduledExecutorService polling;

  CompositionFolder(ConfigurationAdmin configurations) {
    this.configurations = configurations;
  }

  /** Begins to watch a folder. */
  synchronized void watch(Path folder) {
    if (polling == null) {
      FolderPoll files = new FolderPoll(folder, name -> name.endsWith(".json"));
      polling =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread thread = new Thread(task, "ketloom-compositions");
                thread.setDaemon(true);
                return thread;
              });
      polling.scheduleWithFixedDelay(
          () -> poll(folder, files), 0, POLL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Stops watching; the configurations stay. */
  synchronized void end() {
    if (polling != null) {
      polling.shutdownNow();
      polling = null;
    }
  }

  private void poll(Path folder, FolderPoll files) {
    try {
      FolderPoll.Changes changes = files.look();
      for (Path file : changes.gone()) {
        configuration(file).delete();
      }
      for (Path file : changes.appeared()) {
        configuration(file).updateIfDifferent(properties(file));
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "compositions in " + folder + ": " + Causes.of(e));
    }
  }

  private Configuration configuration(Path file) throws IOException {
    String name = file.getFileName().toString().replaceFirst("\\.json$", "");
    return configurations.getFactoryConfiguration(
        Jobs.DEFINITION, name.replaceAll("[^A-Za-z0-9_.-]", "_"), "?");
  }

  private static Hashtable<String, Object> properties(Path file) {
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put(JobDefinition.SOURCE, file.toString());
    try {
      JsonNode json = RunFiles.readJson(file);
      json.fields()
          .forEachRemaining(
              e -> {
                if (!KEYS.contains(e.getKey())) {
                  throw new IllegalArgumentException(
                      file
                          + ": "
                          + e.getKey()
                          + ": unknown key; "
                          + Suggestion.among(e.getKey(), KEYS));
                }
                properties.put(
                    e.getKey(),
                    e.getValue().isTextual() ? e.getValue().textValue() : e.getValue().toString());
              });
    } catch (IOException | IllegalArgumentException e) {
      properties.put(JobDefinition.FAULT, Causes.of(e));
    }
    return properties;
  }
}
