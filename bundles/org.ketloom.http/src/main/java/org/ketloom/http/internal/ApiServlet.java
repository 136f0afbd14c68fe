package org.ketloom.http.internal;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** The router as a servlet, and the stream of events. */
final class ApiServlet extends HttpServlet {
  static final String EVENTS = Router.ROOT + "/events";

  /** The longest body: circuits and Blueprints are far smaller. */
  static final int LONGEST_BODY = 4 << 20;

  /** Each stream holds a thread. */
  private static final int MOST_STREAMS = 16;

  private static final long HEARTBEAT_MILLIS = 15_000;
  private static final long serialVersionUID = 1;

  private final transient Router router;
  private final transient Guard guard;
  private final transient EventLog log;
  private final transient Semaphore streams = new Semaphore(MOST_STREAMS);

  ApiServlet(Router router, Guard guard, EventLog log) {
    this.router = router;
    this.guard = guard;
    this.log = log;
  }

  /** Whether somebody listens. */
  boolean isWatched() {
    return streams.availablePermits() < MOST_STREAMS;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cache-Control", "no-store");
    String path = request.getRequestURI();
    try {
      if (path.equals(EVENTS) && request.getMethod().equals("GET")) {
        Request asked = asked(request, new byte[0]);
        guard.checkOrigin(asked);
        guard.checkToken(asked);
        events(asked, response);
        return;
      }
      write(response, router.answer(asked(request, body(request))));
    } catch (Problem e) {
      write(response, Response.problem(e));
    }
  }

  private static Request asked(HttpServletRequest request, byte[] body) {
    Map<String, String> query = new HashMap<>();
    // Of the query alone: a body in the form of one is never asked for its parameters.
    String text = request.getQueryString();
    for (String pair : text == null || text.isEmpty() ? new String[0] : text.split("&")) {
      String[] parts = pair.split("=", 2);
      query.putIfAbsent(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
    }
    String path = decodedPath(request.getRequestURI());
    return new Request(request.getMethod(), path, query, request::getHeader, body);
  }

  private static String decodedPath(String uri) {
    // An encoded slash is no separator, and no name has one.
    if (uri.matches("(?i).*%(2f|5c|00).*")) {
      throw new Problem(400, "path", "names have no slashes");
    }
    return decoded(uri.replace("+", "%2B"));
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Problem(400, "path", "a percent sign is followed by two hexadecimal digits");
    }
  }

  private static byte[] body(HttpServletRequest request) throws IOException {
    if (request.getContentLengthLong() > LONGEST_BODY) {
      throw tooLong();
    }
    byte[] body = request.getInputStream().readNBytes(LONGEST_BODY + 1);
    if (body.length > LONGEST_BODY) {
      throw tooLong();
    }
    String type = request.getContentType();
    if (body.length > 0 && (type == null || !type.matches("application/json(;.*)?"))) {
      throw new Problem(
          415, "header.Content-Type", "a body is application/json, found \"" + type + "\"");
    }
    return body;
  }

  private static Problem tooLong() {
    return new Problem(413, "body", "a body has at most " + LONGEST_BODY + " bytes");
  }

  private static void write(HttpServletResponse response, Response answer) throws IOException {
    response.setStatus(answer.status());
    answer.headers().forEach(response::setHeader);
    response.setContentType(answer.type());
    response.setContentLength(answer.body().length);
    response.getOutputStream().write(answer.body());
  }

  private void events(Request request, HttpServletResponse response) throws IOException {
    if (!streams.tryAcquire()) {
      throw new Problem(
          503,
          "streams",
          MOST_STREAMS + " streams of events are open already",
          "close pages that aren't needed");
    }
    try {
      response.setContentType("text/event-stream;charset=utf-8");
      ServletOutputStream out = response.getOutputStream();
      long after = after(request);
      if (!log.reaches(after)) {
        after = log.last();
        out.write(bytes("id: " + after + "\nevent: reset\ndata: {}\n\n"));
      } else {
        out.write(bytes(": open\n\n"));
      }
      response.flushBuffer();
      while (!log.isClosed()) {
        List<EventLog.Event> events = log.await(after, HEARTBEAT_MILLIS);
        StringBuilder text = new StringBuilder(events.isEmpty() ? ": alive\n\n" : "");
        for (EventLog.Event event : events) {
          text.append("id: ").append(event.id()).append("\nevent: ").append(event.name());
          text.append("\ndata: ").append(event.data()).append("\n\n");
          after = event.id();
        }
        out.write(bytes(text.toString()));
        response.flushBuffer();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      streams.release();
    }
  }

  private long after(Request request) {
    String text = request.header("Last-Event-ID").orElse("");
    try {
      return text.isEmpty() ? log.last() : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Problem(400, "header.Last-Event-ID", "it is the number of an event");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
