package org.ketloom.runtime.internal.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.ketloom.files.Sha256;
import org.ketloom.runtime.parts.PartIdentity;
import org.osgi.framework.Bundle;

/** The hash of a bundle's content that a {@link PartIdentity} holds. */
public final class BundleHash {

  /** What opens an entry. */
  private interface Source {
    InputStream open() throws IOException;
  }

  /** An entry, which can be read several times; its length is -1 where only reading tells it. */
  private record Content(long length, Source source) {}

  private BundleHash() {}

  /** The hash in hexadecimal; empty if the content can't be read. */
  public static String of(Bundle bundle) {
    try {
      TreeMap<String, Content> entries = new TreeMap<>();
      collect(bundle, "/", entries);
      return entries.isEmpty() ? "" : of(entries);
    } catch (IOException | IllegalStateException e) {
      // Uninstalled, or its file is gone: the provenance then says that it isn't known.
      return "";
    }
  }

  /**
   * The hash that a bundle has which is installed from a jar.
   *
   * @throws IOException if it can't be read
   */
  public static String of(Path jar) throws IOException {
    try (ZipFile file = new ZipFile(jar.toFile())) {
      TreeMap<String, Content> entries = new TreeMap<>();
      for (ZipEntry entry : Collections.list(file.entries())) {
        if (!entry.isDirectory()) {
          entries.put(
              entry.getName(), new Content(entry.getSize(), () -> file.getInputStream(entry)));
        }
      }
      return of(entries);
    }
  }

  private static String of(TreeMap<String, Content> entries) throws IOException {
    MessageDigest digest = Sha256.digest();
    for (Map.Entry<String, Content> entry : entries.entrySet()) {
      long known = entry.getValue().length();
      long length = known >= 0 ? known : copy(entry.getValue(), OutputStream.nullOutputStream());
      digest.update(entry.getKey().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, length));
      copy(entry.getValue(), new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Piece by piece: an entry may be larger than the memory. */
  private static long copy(Content entry, OutputStream out) throws IOException {
    try (InputStream in = entry.source().open()) {
      return in.transferTo(out);
    }
  }

  private static void collect(Bundle bundle, String folder, TreeMap<String, Content> entries)
      throws IOException {
    var paths = bundle.getEntryPaths(folder);
    if (paths == null) {
      return;
    }
    for (String path : Collections.list(paths)) {
      if (path.endsWith("/")) {
        collect(bundle, path, entries);
      } else {
        URL entry = bundle.getEntry(path);
        entries.put(
            path, new Content(entry.openConnection().getContentLengthLong(), entry::openStream));
      }
    }
  }
}
