package org.ketloom.http.internal;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Who may come in: whoever has the token, from a page of this server or from no page at all. A page
 * elsewhere that knows the address reaches it with a foreign {@code Origin}, or, where its name was
 * made to resolve to this machine, with a foreign {@code Host}.
 */
final class Guard {
  static final String COOKIE = "ketloom";

  /** Requests that may come at once, and how many more each second. */
  private static final int BURST = 200;

  private static final double PER_SECOND = 50;

  private final Set<String> hosts;
  private final String token = secret();
  private final String session = secret();
  private final LongSupplier nanos;
  private double left = BURST;
  private long last;

  /**
   * A guard with secrets of its own.
   *
   * @param port that it is reached at
   * @param nanos a clock
   */
  Guard(int port, LongSupplier nanos) {
    this.hosts = Set.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port);
    this.nanos = nanos;
    this.last = nanos.getAsLong();
  }

  private static String secret() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  String token() {
    return token;
  }

  /** The cookie that the token is exchanged for. */
  String cookie() {
    return COOKIE + "=" + session + "; Path=/; HttpOnly; SameSite=Strict";
  }

  /**
   * Checks where a request comes from.
   *
   * @throws Problem if it is from elsewhere, or there are too many
   */
  void checkOrigin(Request request) {
    String host = request.header("Host").orElse("").toLowerCase(Locale.ROOT);
    if (!hosts.contains(host)) {
      throw new Problem(
          403,
          "header.Host",
          "this server is reached as localhost or 127.0.0.1 alone, found Host \"" + host + "\"",
          "use the address that `ketloom serve` printed");
    }
    Optional<String> origin = request.header("Origin");
    if (origin.isPresent() && !isOwn(origin.get())) {
      throw new Problem(
          403, "header.Origin", "pages of " + origin.get() + " may not use this server");
    }
    if (!Set.of("same-origin", "none")
        .contains(request.header("Sec-Fetch-Site").orElse("same-origin"))) {
      throw new Problem(403, "header.Sec-Fetch-Site", "pages of others may not use this server");
    }
    if (!admit()) {
      throw new Problem(
          429, "rate", "more than " + (int) PER_SECOND + " requests a second", "wait a second");
    }
  }

  private boolean isOwn(String origin) {
    try {
      URI uri = URI.create(origin);
      return "http".equals(uri.getScheme()) && hosts.contains(uri.getAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private synchronized boolean admit() {
    long now = nanos.getAsLong();
    left = Math.min(BURST, left + (now - last) * 1e-9 * PER_SECOND);
    last = now;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }

  /** Whether it is the token. */
  boolean isToken(String given) {
    return same(given, token);
  }

  /**
   * Checks that a request has the token or the cookie. What changes something has to say, if it
   * comes with a cookie, that it comes from a page of this server.
   *
   * @throws Problem if it doesn't
   */
  void checkToken(Request request) {
    String given = request.header("Authorization").orElse("");
    if (given.startsWith("Bearer ") && isToken(given.substring("Bearer ".length()))) {
      return;
    }
    if (request.cookie(COOKIE).map(cookie -> same(cookie, session)).orElse(false)) {
      if (!request.method().equals("GET") && request.header("Origin").isEmpty()) {
        throw new Problem(403, "header.Origin", "a browser says where such a request comes from");
      }
      return;
    }
    throw new Problem(
        401,
        "header.Authorization",
        "the token of this start is missing or wrong",
        "open the link that `ketloom serve` printed, or send Authorization: Bearer with the token"
            + " in .http.json of the folder of runs");
  }

  private static boolean same(String given, String secret) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
  }
}
