package org.ketloom.runtime.internal.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.text.Suggestion;
import org.ketloom.runtime.job.Jobs;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Makes configurations of the files in a folder, and follows these. */
final class CompositionFolder {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");
  private static final long POLL_MILLIS = 500;
  private static final List<String> KEYS = List.of("blueprint", "run", "policy", "autoResume");

  /** A file as it was seen; a new one is read when it was seen twice alike. */
  private record Seen(FileTime time, long size, boolean read) {}

  private final ConfigurationAdmin configurations;
  private final Map<Path, Seen> seen = new HashMap<>();
  private ScheduledExecutorService polling;

  CompositionFolder(ConfigurationAdmin configurations) {
    this.configurations = configurations;
  }

  /** Begins to follow a folder. */
  synchronized void watch(Path folder) {
    if (polling == null) {
      polling =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread thread = new Thread(task, "ketloom-compositions");
                thread.setDaemon(true);
                return thread;
              });
      polling.scheduleWithFixedDelay(() -> poll(folder), 0, POLL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Ends to follow; the configurations stay. */
  synchronized void end() {
    if (polling != null) {
      polling.shutdownNow();
      polling = null;
      seen.clear();
    }
  }

  private void poll(Path folder) {
    try {
      Set<Path> files = new HashSet<>();
      if (Files.isDirectory(folder)) {
        try (Stream<Path> all = Files.list(folder)) {
          all.filter(f -> f.toString().endsWith(".json")).forEach(files::add);
        }
      }
      for (Path file : files) {
        look(file);
      }
      for (Path file : Set.copyOf(seen.keySet())) {
        if (!files.contains(file)) {
          seen.remove(file);
          configuration(file).delete();
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "compositions in " + folder + ": " + e.getMessage());
    }
  }

  private void look(Path file) throws IOException {
    Seen before = seen.get(file);
    FileTime time = Files.getLastModifiedTime(file);
    long size = Files.size(file);
    boolean still = before != null && before.time().equals(time) && before.size() == size;
    if (still && before.read()) {
      return;
    }
    seen.put(file, new Seen(time, size, still));
    if (still) {
      configuration(file).updateIfDifferent(properties(file));
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
      properties.put(JobDefinition.FAULT, e.getMessage());
    }
    return properties;
  }
}
