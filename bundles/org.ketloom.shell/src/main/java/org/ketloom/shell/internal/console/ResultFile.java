package org.ketloom.shell.internal.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.ketloom.files.RegularFile;
import org.ketloom.files.Untrusted;

/** Names of files with results in a run's folder. */
public final class ResultFile {
  private static final int LONGEST_NAME = 120;

  private ResultFile() {}

  /**
   * A JSON file that doesn't exist yet, and nothing beside it of the same name, or that has the
   * very content.
   *
   * @param folder need not exist
   * @param stem of the name; what isn't usual in a file's name is replaced
   * @param content what is to be written
   * @param beside endings of the files that go beside it, such as {@code .png}
   * @return the stem, or the stem with the first number from 2 on that is free
   */
  public static Path free(Path folder, String stem, String content, String... beside)
      throws IOException {
    String safe = safe(stem);
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    for (int n = 1; ; n++) {
      String name = n == 1 ? safe : safe + "-" + n;
      Path file = Untrusted.child(folder, name + ".json");
      boolean free =
          Files.exists(file)
              ? same(file, bytes)
              : Stream.of(beside).noneMatch(ending -> Files.exists(folder.resolve(name + ending)));
      if (free) {
        return file;
      }
    }
  }

  /**
   * A name in a folder that nothing bears yet.
   *
   * @param folder need not exist
   * @param stem as for {@link #free}
   */
  public static Path unused(Path folder, String stem) throws IOException {
    String safe = safe(stem);
    for (int n = 1; ; n++) {
      Path path = Untrusted.child(folder, n == 1 ? safe : safe + "-" + n);
      if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return path;
      }
    }
  }

  private static String safe(String stem) {
    String safe = stem.replaceAll("[^A-Za-z0-9.,=+-]", "_");
    return safe.length() > LONGEST_NAME ? safe.substring(0, LONGEST_NAME) : safe;
  }

  private static boolean same(Path file, byte[] content) throws IOException {
    return Files.isRegularFile(file)
        && Files.size(file) == content.length
        && Arrays.equals(RegularFile.read(file, content.length), content);
  }
}
