package org.ketloom.shell.internal.serve;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.ketloom.http.Door;
import org.ketloom.shell.internal.console.Services;

/**
 * The interface over HTTP while it is open. Of its own, so that commands without it need none of
 * its classes.
 */
final class HttpServing implements AutoCloseable {
  private static final String BUNDLE = "org.ketloom.http";

  /** Held, since a logger that nobody holds loses its level. */
  private final List<Logger> quiet =
      Stream.of("org.eclipse.jetty", "org.apache.felix.http", "org.apache.aries.spifly")
          .map(Logger::getLogger)
          .toList();

  private final Door.Opening opening;

  /**
   * Starts the server and opens the interface.
   *
   * @param port 0 for any that is free
   * @throws IOException if the file with the token can't be written
   * @throws IllegalStateException if the bundles aren't installed, or the port is taken
   */
  HttpServing(Services services, Path runs, int port, PrintWriter out) throws IOException {
    // Felix's Jetty reads them when it starts; a configuration would come after that.
    Map.of(
            "org.osgi.service.http.port", Integer.toString(port),
            "org.apache.felix.http.host", "127.0.0.1",
            "org.apache.felix.http.timeout", "20000")
        .forEach(System::setProperty);
    quiet.forEach(logger -> logger.setLevel(Level.WARNING));
    services.start(BUNDLE);
    opening = services.get(Door.class).open(runs);
    out.println("open " + opening.link());
    out.println("the token is in " + opening.file() + ", which only you can read");
  }

  @Override
  public void close() {
    opening.close();
  }
}
