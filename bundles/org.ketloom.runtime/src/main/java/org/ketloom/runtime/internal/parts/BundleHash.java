package org.ketloom.runtime.internal.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.TreeMap;
import org.ketloom.runtime.parts.Generation;
import org.osgi.framework.Bundle;

/** The hash of a bundle's content that a {@link Generation} holds. */
public final class BundleHash {

  private BundleHash() {}

  /** The hash in hexadecimal; empty if the content can't be read. */
  public static String of(Bundle bundle) {
    try {
      TreeMap<String, URL> entries = new TreeMap<>();
      collect(bundle, "/", entries);
      if (entries.isEmpty()) {
        return "";
      }
      MessageDigest digest = Sha256.digest();
      for (var entry : entries.entrySet()) {
        long length = copy(entry.getValue(), OutputStream.nullOutputStream());
        digest.update(entry.getKey().getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, length));
        copy(entry.getValue(), new DigestOutputStream(OutputStream.nullOutputStream(), digest));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException | IllegalStateException e) {
      // Uninstalled, or its file is gone: the provenance then says that it isn't known.
      return "";
    }
  }

  /** Piece by piece: an entry may be larger than the memory. */
  private static long copy(URL entry, OutputStream out) throws IOException {
    try (InputStream in = entry.openStream()) {
      return in.transferTo(out);
    }
  }

  private static void collect(Bundle bundle, String folder, TreeMap<String, URL> entries) {
    var paths = bundle.getEntryPaths(folder);
    if (paths == null) {
      return;
    }
    for (String path : Collections.list(paths)) {
      if (path.endsWith("/")) {
        collect(bundle, path, entries);
      } else {
        entries.put(path, bundle.getEntry(path));
      }
    }
  }
}
