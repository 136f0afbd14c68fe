package org.ketloom.http.internal;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.ketloom.engine.statevector.StateVectorEngine;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.health.Health;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.run.RunRecords;
import org.ketloom.runtime.run.Runs;

/** Services that answer what a test needs of them, and requests. */
final class Fakes {
  static final int PORT = 8080;

  private Fakes() {}

  /** A service that answers a call by the name of its method, and knows no other. */
  static <T> T service(Class<T> type, Map<String, Function<Object[], Object>> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Function<Object[], Object> answer = answers.get(method.getName());
              if (answer == null) {
                throw new AssertionError("not expected: " + method);
              }
              return answer.apply(arguments);
            }));
  }

  static Composer composer() {
    return service(Composer.class, Map.of("engine", arguments -> new StateVectorEngine()));
  }

  /** All routes over a folder, without any run. */
  static Router router(Guard guard, Path folder) {
    Blueprints blueprints = service(Blueprints.class, Map.of());
    return new Router(
        guard,
        WhiteboardDoor.routes(
            new RunRoutes(
                new RunFolders(folder),
                service(Runs.class, Map.of()),
                service(RunRecords.class, Map.of()),
                service(Jobs.class, Map.of("jobs", arguments -> List.of())),
                blueprints),
            new SampleRoutes(
                new RunFolders(folder),
                service(
                    Runs.class,
                    Map.of(
                        "open",
                        arguments -> {
                          throw new IllegalArgumentException("epoch 9 has no checkpoint");
                        }))),
            new SwapRoutes(
                new RunFolders(folder),
                service(
                    Runs.class,
                    Map.of(
                        "swap",
                        arguments -> {
                          throw new IllegalStateException("no ansatz of this name");
                        },
                        "undo",
                        arguments -> {
                          throw new IllegalStateException("there is no swap to undo");
                        }))),
            new PartRoutes(service(PartRegistry.class, Map.of()), service(Health.class, Map.of())),
            blueprints,
            composer()));
  }

  static Request request(String method, String path, Map<String, String> headers, String body) {
    String[] parts = path.split("\\?", 2);
    Map<String, String> query = new HashMap<>();
    if (parts.length == 2) {
      for (String pair : parts[1].split("&")) {
        query.put(pair.split("=")[0], pair.split("=")[1]);
      }
    }
    Map<String, String> all = new HashMap<>(Map.of("Host", "127.0.0.1:" + PORT));
    all.putAll(headers);
    return new Request(method, parts[0], query, all::get, body.getBytes(StandardCharsets.UTF_8));
  }

  static Map<String, String> bearer(Guard guard) {
    return Map.of("Authorization", "Bearer " + guard.token());
  }

  static String text(Response response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }
}
