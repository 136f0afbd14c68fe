package org.ketloom.runtime.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.error.FileProblemException;
import org.ketloom.api.error.Remedy;
import org.ketloom.files.Causes;
import org.ketloom.runtime.internal.blueprint.BlueprintTree;
import org.ketloom.runtime.internal.folder.HistoryFile;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.folder.RunLock;
import org.ketloom.runtime.internal.folder.RunManifest;
import org.ketloom.runtime.internal.folder.TimesFile;
import org.ketloom.runtime.run.RunHistory;
import org.ketloom.runtime.run.RunNotes;
import org.ketloom.runtime.run.RunRecords;
import org.ketloom.runtime.run.RunTimes;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** What is in runs' folders for people. */
@Component
public final class FolderRecords implements RunRecords {

  /** Called by the framework. */
  @Activate
  public FolderRecords() {}

  @Override
  public RunHistory history(Path folder) throws IOException {
    return HistoryFile.read(run(folder));
  }

  @Override
  public Optional<RunTimes> times(Path folder) throws IOException {
    return TimesFile.read(run(folder));
  }

  @Override
  public RunNotes notes(Path folder) throws IOException {
    Path file = run(folder).notes();
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return RunNotes.NONE;
    }
    JsonNode json = RunFiles.readJson(file);
    List<String> tags = new ArrayList<>();
    json.path("tags").forEach(tag -> tags.add(tag.asText()));
    try {
      return new RunNotes(tags, json.path("note").asText(""));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  @Override
  public void annotate(Path folder, RunNotes notes) throws IOException {
    Path file = run(folder).notes();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    notes.tags().forEach(json.putArray("tags")::add);
    json.put("note", notes.note());
    RunFiles.writeText(file, BlueprintTree.pretty(json));
  }

  private static RunFiles run(Path folder) throws IOException {
    RunFiles files = new RunFiles(folder);
    files.requireRun();
    return files;
  }

  @Override
  public Extent extent(Path folder) throws IOException {
    return removable(new RunFiles(folder));
  }

  @Override
  public void remove(Path folder) throws IOException {
    RunFiles files = new RunFiles(folder);
    removable(files);
    RunLock lock = lock(files);
    try (lock) {
      // Again: it may have been begun anew meanwhile.
      RunManifest.read(files);
      Files.walkFileTree(folder, new Deletion(files, false));
      Files.deleteIfExists(files.manifest());
    } catch (IOException e) {
      throw new IOException(folder + " can't be removed: " + Causes.of(e), e);
    }
    // Windows deletes no file that is open.
    Files.deleteIfExists(files.lock());
    Files.delete(folder);
  }

  private static RunLock lock(RunFiles files) throws IOException {
    return RunLock.tryOf(files)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    files.folder()
                        + " is in use: the run is being trained at the moment; stop it first"));
  }

  /** Looks through the folder before anything is deleted. */
  private static Extent removable(RunFiles files) throws IOException {
    Path folder = files.folder();
    if (Files.isSymbolicLink(folder)) {
      throw new IOException(
          folder
              + " is a link, not a run's folder; remove the link itself, or name what it leads to");
    }
    if (!Files.exists(files.manifest(), LinkOption.NOFOLLOW_LINKS)) {
      throw new FileProblemException(
          (Files.isDirectory(folder) ? folder + " holds no run" : "there is no folder " + folder)
              + ", nothing is removed",
          new Remedy.ListRuns());
    }
    // Another program's manifest.json is none.
    RunManifest.read(files);
    Deletion deletion = new Deletion(files, true);
    Files.walkFileTree(folder, deletion);
    return new Extent(deletion.count, deletion.bytes);
  }

  /** Deletes what is in a folder, but for what makes it a run's; or only looks whether it may. */
  private static final class Deletion extends SimpleFileVisitor<Path> {
    private final RunFiles files;
    private final boolean look;
    private long count;
    private long bytes;

    Deletion(RunFiles files, boolean look) {
      this.files = files;
      this.look = look;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      RunFiles inner = new RunFiles(folder);
      if (look
          && !folder.equals(files.folder())
          && !folder.startsWith(files.swaps())
          && Files.exists(inner.manifest())
          && Files.exists(inner.blueprint())) {
        throw new IOException(
            files.folder()
                + " has another run in it, "
                + folder
                + ": remove that or move it away first; nothing is removed");
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      count++;
      bytes += attributes.size();
      if (!look && !file.equals(files.manifest()) && !file.equals(files.lock())) {
        Files.delete(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      if (!look && !folder.equals(files.folder())) {
        Files.delete(folder);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
