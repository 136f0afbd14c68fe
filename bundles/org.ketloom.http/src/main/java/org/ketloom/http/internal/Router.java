package org.ketloom.http.internal;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ketloom.api.error.HasRemedies;
import org.ketloom.files.Causes;

/** Answers requests: what the guard lets in goes to the route of its path. */
final class Router {
  /** Where everything is but the exchange of the token. */
  static final String ROOT = "/api/v1";

  private static final String LOGIN = "/login";
  private static final System.Logger LOGGER = System.getLogger(Router.class.getName());

  private final Guard guard;
  private final List<Route> routes;

  Router(Guard guard, Stream<Route> routes) {
    this.guard = guard;
    this.routes = routes.toList();
  }

  List<Route> routes() {
    return routes;
  }

  /** The answer, a problem if something is wrong. */
  Response answer(Request request) {
    try {
      guard.checkOrigin(request);
      return admitted(request);
    } catch (Problem e) {
      return Response.problem(e);
    } catch (IllegalArgumentException e) {
      return Response.problem(of(422, e));
    } catch (IllegalStateException e) {
      return Response.problem(of(409, e));
    } catch (IOException | RuntimeException e) {
      LOGGER.log(System.Logger.Level.WARNING, request.method() + " " + request.path(), e);
      return Response.problem(of(500, e));
    }
  }

  private static Problem of(int status, Throwable thrown) {
    // The kinds of remedies alone: what to do about them differs from client to client.
    String remedies =
        HasRemedies.of(thrown).stream()
            .map(remedy -> remedy.getClass().getSimpleName())
            .collect(Collectors.joining(", "));
    return new Problem(status, "request", Causes.line(thrown), remedies);
  }

  private Response admitted(Request request) throws IOException {
    if (request.path().equals(LOGIN) && request.method().equals("GET")) {
      if (!guard.isToken(request.query().getOrDefault("token", ""))) {
        throw new Problem(
            401,
            "query.token",
            "this link is of an earlier start",
            "open the one that `ketloom serve` printed last");
      }
      return Response.seeOther("/").with("Set-Cookie", guard.cookie());
    }
    guard.checkToken(request);
    return request.path().equals("/") && request.method().equals("GET")
        ? Response.seeOther(ROOT)
        : routed(request);
  }

  private Response routed(Request request) throws IOException {
    Set<String> methods = new TreeSet<>();
    for (Route route : routes) {
      Optional<Map<String, String>> parameters = route.match(request.path());
      if (parameters.isPresent()) {
        if (route.method().equals(request.method())) {
          return route.handler().answer(request, parameters.get());
        }
        methods.add(route.method());
      }
    }
    if (methods.isEmpty()) {
      throw new Problem(
          404, "path", "there is nothing at " + request.path(), ROOT + "/openapi.json has all");
    }
    throw new Problem(
        405,
        "method",
        request.path() + " takes " + String.join(", ", methods) + ", found " + request.method());
  }
}
