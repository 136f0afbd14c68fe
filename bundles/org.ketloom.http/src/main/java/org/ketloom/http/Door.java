package org.ketloom.http;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Service: opens the interface over HTTP on the server of the container, for whoever has the token
 * that is made at each opening. {@code openapi.json} in this bundle describes the interface.
 */
@ProviderType
public interface Door {

  /** Name of the file in the folder of runs that holds address and token while it is open. */
  String FILE = ".http.json";

  /**
   * Opens it.
   *
   * @param runs folder of runs' folders, all that is seen of the file system; made if it isn't
   *     there
   * @throws IOException if the file with the token can't be written
   * @throws IllegalStateException if the server listens at no loopback address, or it is open
   *     already
   */
  Opening open(Path runs) throws IOException;

  /** An interface that is open until it is closed. */
  @ProviderType
  interface Opening extends AutoCloseable {

    /** The address with the token, for a browser, which is given a cookie for it. */
    URI link();

    /** The file with address and token, which only its owner may read. */
    Path file();

    /** Closes it and deletes the file. */
    @Override
    void close();
  }
}
