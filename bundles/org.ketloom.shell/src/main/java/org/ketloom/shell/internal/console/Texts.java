package org.ketloom.shell.internal.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Values for people. */
public final class Texts {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private Texts() {}

  /** Numbers of parameters by group: {@code classical 1,234, circuit 36}. */
  public static String parameters(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(e -> String.format(Locale.ROOT, "%s %,d", e.getKey(), e.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** A moment in the time zone of the system: {@code 2026-11-30 09:54:40}. */
  public static String time(Instant moment) {
    return TIME.format(moment);
  }

  /** A duration as {@code 1:05}, or {@code 2:01:05} from an hour on. */
  public static String duration(Duration time) {
    long seconds = time.toSeconds();
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
