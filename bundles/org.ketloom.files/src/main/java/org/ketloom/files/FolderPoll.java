package org.ketloom.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds what has changed in a folder by looking at it from time to time. A new or changed file is
 * reported when two looks in a row find it alike, so that none is read while it is being copied.
 * Links are followed. One thread looks.
 */
public final class FolderPoll {

  /**
   * What has changed between two looks, each in the order of the names.
   *
   * @param appeared files that are new or have changed, and have come to rest
   * @param gone files that the look before found, and that aren't there any more
   */
  public record Changes(List<Path> appeared, List<Path> gone) {

    /** Copies the lists. */
    public Changes {
      appeared = List.copyOf(appeared);
      gone = List.copyOf(gone);
    }
  }

  /** A file at a look. The key tells a file from one that was moved into its place. */
  private record State(long size, FileTime time, @Nullable Object key) {}

  private record Seen(State state, boolean reported) {}

  private final Path folder;
  private final Predicate<String> names;
  private final Map<String, Seen> seen = new TreeMap<>();

  /**
   * Nothing is known yet.
   *
   * @param folder may not exist: then it is empty
   * @param names which files count, by their names
   */
  public FolderPoll(Path folder, Predicate<String> names) {
    this.folder = folder;
    this.names = names;
  }

  /**
   * Looks.
   *
   * @throws IOException if the folder is there, but can't be read; nothing counts as gone then
   */
  public Changes look() throws IOException {
    Map<String, State> now = states();
    List<Path> appeared = new ArrayList<>();
    List<Path> gone = new ArrayList<>();
    now.forEach(
        (name, state) -> {
          Seen before = seen.get(name);
          boolean rests = before != null && before.state().equals(state);
          boolean reported = before != null && rests && before.reported();
          if (rests && !reported) {
            appeared.add(folder.resolve(name));
          }
          seen.put(name, new Seen(state, rests));
        });
    seen.entrySet()
        .removeIf(
            e -> {
              boolean left = !now.containsKey(e.getKey());
              if (left) {
                gone.add(folder.resolve(e.getKey()));
              }
              return left;
            });
    return new Changes(appeared, gone);
  }

  /**
   * Takes all files as they are for reported.
   *
   * @return these files, in the order of their names
   * @throws IOException if the folder is there, but can't be read
   */
  public List<Path> take() throws IOException {
    seen.clear();
    states().forEach((name, state) -> seen.put(name, new Seen(state, true)));
    return seen.keySet().stream().map(folder::resolve).toList();
  }

  /** Takes a file as it is for reported, if it is there. */
  public void take(String name) {
    state(folder.resolve(name)).ifPresent(state -> seen.put(name, new Seen(state, true)));
  }

  private Map<String, State> states() throws IOException {
    Map<String, State> states = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> names.test(String.valueOf(file.getFileName())))
          .forEach(
              file ->
                  state(file)
                      .ifPresent(state -> states.put(String.valueOf(file.getFileName()), state)));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Map.of();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return states;
  }

  /** Empty for a file that is gone, also for a link that leads nowhere. */
  private static Optional<State> state(Path file) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(new State(found.size(), found.lastModifiedTime(), found.fileKey()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
