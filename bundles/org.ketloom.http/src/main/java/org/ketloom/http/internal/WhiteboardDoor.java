package org.ketloom.http.internal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Hashtable;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.ketloom.http.Door;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.health.Health;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.run.RunRecords;
import org.ketloom.runtime.run.Runs;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The interface as a servlet that whichever server of the container takes up. */
@Component
public final class WhiteboardDoor implements Door {
  private static final String RUNTIME = "org.osgi.service.servlet.runtime.HttpServiceRuntime";
  private static final long LOOK_MILLIS = 1000;
  private static final System.Logger LOGGER = System.getLogger(WhiteboardDoor.class.getName());

  private final BundleContext context;
  private final PartRegistry registry;
  private final Blueprints blueprints;
  private final Composer composer;
  private final Runs runs;
  private final RunRecords records;
  private final Jobs jobs;
  private final Health health;
  private final AtomicBoolean open = new AtomicBoolean();

  @Activate
  public WhiteboardDoor(
      BundleContext context,
      @Reference PartRegistry registry,
      @Reference Blueprints blueprints,
      @Reference Composer composer,
      @Reference Runs runs,
      @Reference RunRecords records,
      @Reference Jobs jobs,
      @Reference Health health) {
    this.context = context;
    this.registry = registry;
    this.blueprints = blueprints;
    this.composer = composer;
    this.runs = runs;
    this.records = records;
    this.jobs = jobs;
    this.health = health;
  }

  @Override
  public Opening open(Path folder) throws IOException {
    int port = port();
    if (!open.compareAndSet(false, true)) {
      throw new IllegalStateException("the interface over HTTP is open already");
    }
    try {
      Files.createDirectories(folder);
      return new OpenDoor(folder, port);
    } catch (IOException | RuntimeException e) {
      open.set(false);
      throw e;
    }
  }

  /** The port of the server, if it listens at a loopback address and at no other. */
  private int port() {
    ServiceReference<?> runtime = context.getServiceReference(RUNTIME);
    Object endpoints = runtime == null ? null : runtime.getProperty("osgi.http.endpoint");
    if (endpoints instanceof String[] found && found.length > 0) {
      for (String endpoint : found) {
        String host = String.valueOf(URI.create(endpoint).getHost());
        if (!Set.of("127.0.0.1", "localhost", "[::1]").contains(host)) {
          throw new IllegalStateException(
              "the server listens at "
                  + endpoint
                  + ", where others reach it: set its host to 127.0.0.1");
        }
      }
      return URI.create(found[0]).getPort();
    }
    throw new IllegalStateException(
        "no server listens: its port may be taken; choose another with --port, 0 for any");
  }

  /** All routes; what they answer with is as the arguments have it. */
  static Stream<Route> routes(
      RunRoutes runRoutes,
      SampleRoutes sampleRoutes,
      SwapRoutes swapRoutes,
      PartRoutes partRoutes,
      Blueprints blueprints,
      Composer composer) {
    Stream<Route> own =
        Stream.of(
            new Route("GET", Router.ROOT, (request, parameters) -> index()),
            new Route(
                "GET", Router.ROOT + "/openapi.json", (request, parameters) -> description()));
    return Stream.of(
            own,
            partRoutes.routes(),
            new BlueprintRoutes(blueprints, composer).routes(),
            new CircuitRoutes(composer).routes(),
            runRoutes.routes(),
            sampleRoutes.routes(),
            swapRoutes.routes())
        .flatMap(s -> s);
  }

  private static Response index() {
    return Response.json(
        JsonNodeFactory.instance
            .objectNode()
            .put("name", "Ketloom")
            .put("description", Router.ROOT + "/openapi.json"));
  }

  private static Response description() throws IOException {
    try (InputStream in = WhiteboardDoor.class.getResourceAsStream("openapi.json")) {
      if (in == null) {
        throw new IOException("openapi.json is missing in this bundle");
      }
      return Response.text(
          "application/json", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** While it is open. */
  private final class OpenDoor implements Opening {
    private final URI link;
    private final Path file;
    private final String access;
    private final EventLog log = new EventLog();
    private final ScheduledExecutorService watching;
    private final ServiceRegistration<Servlet> registration;

    OpenDoor(Path folder, int port) throws IOException {
      Guard guard = new Guard(port, System::nanoTime);
      RunFolders folders = new RunFolders(folder);
      RunRoutes runRoutes = new RunRoutes(folders, runs, records, jobs, blueprints);
      Router router =
          new Router(
              guard,
              routes(
                  runRoutes,
                  new SampleRoutes(folders, runs),
                  new SwapRoutes(folders, runs),
                  new PartRoutes(registry, health),
                  blueprints,
                  composer));
      ApiServlet servlet = new ApiServlet(router, guard, log);
      String address = "http://127.0.0.1:" + port;
      link = URI.create(address + "/login?token=" + guard.token());
      file = folder.resolve(FILE);
      access =
          JsonNodeFactory.instance
                  .objectNode()
                  .put("url", address)
                  .put("token", guard.token())
                  .toString()
              + "\n";
      write();
      RunWatch watch = new RunWatch(folders, runRoutes::summary, log);
      watching =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread thread = new Thread(task, "ketloom-http-events");
                thread.setDaemon(true);
                return thread;
              });
      watching.scheduleWithFixedDelay(
          () -> look(servlet, watch), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
      Hashtable<String, Object> properties = new Hashtable<>();
      properties.put("osgi.http.whiteboard.servlet.pattern", "/");
      properties.put("osgi.http.whiteboard.servlet.name", "ketloom");
      registration = context.registerService(Servlet.class, servlet, properties);
    }

    private void look(ApiServlet servlet, RunWatch watch) {
      try {
        if (servlet.isWatched()) {
          watch.look();
        }
      } catch (IOException | RuntimeException e) {
        LOGGER.log(System.Logger.Level.DEBUG, "the runs can't be read", e);
      }
    }

    /** Never readable for others, not for a moment. */
    private void write() throws IOException {
      Files.deleteIfExists(file);
      boolean posix =
          Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
      FileAttribute<?>[] attributes =
          posix
              ? new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
              }
              : new FileAttribute<?>[0];
      Files.createFile(file, attributes);
      Files.writeString(file, access, StandardOpenOption.WRITE);
    }

    @Override
    public URI link() {
      return link;
    }

    @Override
    public Path file() {
      return file;
    }

    @Override
    public void close() {
      log.close();
      watching.shutdownNow();
      try {
        registration.unregister();
      } catch (IllegalStateException e) {
        // The bundle has been stopped.
      }
      open.set(false);
      try {
        // Another container may have taken over the folder meanwhile.
        if (Files.exists(file) && Files.readString(file).equals(access)) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(file + " can't be deleted", e);
      }
    }
  }
}
