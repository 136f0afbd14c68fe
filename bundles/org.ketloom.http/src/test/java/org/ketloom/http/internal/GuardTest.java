package org.ketloom.http.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardTest {
  private final AtomicLong clock = new AtomicLong();
  private final Guard guard = new Guard(Fakes.PORT, clock::get);
  @TempDir private Path folder;
  private Router router;

  @BeforeEach
  void makeRouter() {
    router = Fakes.router(guard, folder);
  }

  private Response get(Map<String, String> headers) {
    return router.answer(Fakes.request("GET", "/api/v1/runs", headers, ""));
  }

  private Map<String, String> withToken(String name, String value) {
    Map<String, String> headers = new HashMap<>(Fakes.bearer(guard));
    headers.put(name, value);
    return headers;
  }

  @Test
  void nothingIsAnsweredWithoutTheToken() {
    assertEquals(401, get(Map.of()).status());
    assertEquals(401, get(Map.of("Authorization", "Bearer " + guard.token() + "x")).status());
    assertEquals(401, get(Map.of("Authorization", guard.token())).status());
    assertEquals(401, get(Map.of("Cookie", Guard.COOKIE + "=" + guard.token())).status());
    assertEquals(200, get(Fakes.bearer(guard)).status());
    // What is there is told to nobody else.
    assertEquals(
        401, router.answer(Fakes.request("GET", "/api/v1/nowhere", Map.of(), "")).status());
  }

  @Test
  void eachStartHasSecretsOfItsOwn() {
    Guard other = new Guard(Fakes.PORT, clock::get);
    assertNotEquals(guard.token(), other.token());
    assertNotEquals(guard.cookie(), other.cookie());
    assertFalse(guard.cookie().contains(guard.token()));
  }

  @ParameterizedTest
  @CsvSource({
    "Host, evil.example:8080",
    "Host, 127.0.0.1",
    "Host, 127.0.0.1:8081",
    "Host, localhost:8080.evil.example",
    "Host, ''",
    "Origin, http://evil.example",
    "Origin, http://127.0.0.1:8081",
    "Origin, https://127.0.0.1:8080",
    "Origin, http://127.0.0.1:8080.evil.example",
    "Origin, null",
    "Origin, http://[",
    "Sec-Fetch-Site, cross-site",
    "Sec-Fetch-Site, same-site",
  })
  void othersAreRefusedEvenWithTheToken(String header, String value) {
    Response response = get(withToken(header, value));
    assertEquals(403, response.status());
    assertEquals("application/problem+json", response.type());
    assertTrue(Fakes.text(response).contains("\"culprit\":\"header." + header + "\""));
  }

  @ParameterizedTest
  @CsvSource({
    "Host, localhost:8080",
    "Host, LOCALHOST:8080",
    "Host, [::1]:8080",
    "Origin, http://localhost:8080",
    "Sec-Fetch-Site, same-origin",
    "Sec-Fetch-Site, none",
  })
  void thisMachineIsLetIn(String header, String value) {
    assertEquals(200, get(withToken(header, value)).status());
  }

  @Test
  void theTokenIsExchangedForACookieThatScriptsCannotRead() {
    Response wrong = router.answer(Fakes.request("GET", "/login?token=x", Map.of(), ""));
    assertEquals(401, wrong.status());
    assertFalse(wrong.headers().containsKey("Set-Cookie"));
    Response login =
        router.answer(Fakes.request("GET", "/login?token=" + guard.token(), Map.of(), ""));
    assertEquals(303, login.status());
    String cookie = login.headers().get("Set-Cookie");
    assertTrue(cookie.endsWith("; Path=/; HttpOnly; SameSite=Strict"), cookie);
    assertEquals(200, get(Map.of("Cookie", "a=b; " + cookie.split(";")[0])).status());
  }

  @Test
  void whatChangesSomethingByCookieComesFromAPageOfThisServer() {
    Map<String, String> headers = new HashMap<>();
    headers.put("Cookie", guard.cookie().split(";")[0]);
    String circuit = "{\"n\": 1, \"gates\": [[\"H\", [0]]], \"observables\": [\"Z0\"]}";
    assertEquals(
        403,
        router.answer(Fakes.request("POST", "/api/v1/circuits/qasm", headers, circuit)).status());
    headers.put("Origin", "http://127.0.0.1:" + Fakes.PORT);
    assertEquals(
        200,
        router.answer(Fakes.request("POST", "/api/v1/circuits/qasm", headers, circuit)).status());
  }

  @Test
  void tooManyRequestsAreRefusedUntilTimeHasPassed() {
    int admitted = 0;
    while (get(Fakes.bearer(guard)).status() == 200) {
      admitted++;
      assertTrue(admitted < 10_000);
    }
    assertEquals(200, admitted);
    assertEquals(429, get(Fakes.bearer(guard)).status());
    clock.addAndGet(100_000_000);
    int more = 0;
    while (get(Fakes.bearer(guard)).status() == 200) {
      more++;
    }
    assertEquals(5, more);
  }
}
