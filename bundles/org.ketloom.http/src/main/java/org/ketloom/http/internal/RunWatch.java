package org.ketloom.http.internal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Tells a log what has changed in the runs since it looked last. */
final class RunWatch {
  private final RunFolders folders;
  private final Function<Path, ObjectNode> summary;
  private final EventLog log;
  private final Map<String, ObjectNode> told = new HashMap<>();

  RunWatch(RunFolders folders, Function<Path, ObjectNode> summary, EventLog log) {
    this.folders = folders;
    this.summary = summary;
    this.log = log;
  }

  /** Looks once. */
  synchronized void look() throws IOException {
    Map<String, ObjectNode> now = new HashMap<>();
    for (Path folder : folders.all()) {
      ObjectNode found = summary.apply(folder);
      String name = found.path("run").asText();
      now.put(name, found);
      if (!found.equals(told.get(name))) {
        log.add("run", found.toString());
      }
    }
    for (String name : told.keySet()) {
      if (!now.containsKey(name)) {
        log.add("removed", JsonNodeFactory.instance.objectNode().put("run", name).toString());
      }
    }
    told.clear();
    told.putAll(now);
  }
}
