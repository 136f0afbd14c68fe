package org.ketloom.shell.internal.console;

import java.io.Console;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the standard output can show.
 *
 * @param interactive whether people look at it and lines may be overwritten
 * @param width characters per line
 * @param charset its encoding
 */
public record Terminal(boolean interactive, int width, Charset charset) {
  private static final int DEFAULT_WIDTH = 100;

  /** What this process is connected to. */
  public static Terminal detect() {
    return detect(System.getenv(), connected());
  }

  /** Whether this process is connected to a terminal, whatever that can show. */
  public static boolean connected() {
    return terminal(System.console()).isPresent();
  }

  public static Terminal detect(Map<String, String> environment, boolean connected) {
    String type = environment.getOrDefault("TERM", "");
    boolean windows = environment.containsKey("SystemRoot");
    return new Terminal(
        connected && !type.equals("dumb") && (windows || !type.isEmpty()),
        width(environment.getOrDefault("COLUMNS", "")),
        encoding());
  }

  /**
   * Asks whoever sits at the terminal.
   *
   * @return the answer, empty text at the end of the input; nothing if there is no terminal
   */
  public static Optional<String> ask(String question) {
    return terminal(System.console())
        .map(console -> Objects.toString(console.readLine("%s", question), ""));
  }

  /** Whether box-drawing characters can be shown. */
  public boolean unicode() {
    return charset.newEncoder().canEncode("─●┼⊕×π");
  }

  private static int width(String columns) {
    return columns.matches("\\d{2,4}") ? Integer.parseInt(columns) : DEFAULT_WIDTH;
  }

  /** From Java 22 on there may be a console without a terminal; it then says so. */
  private static Optional<Console> terminal(@Nullable Console console) {
    return Optional.ofNullable(console).filter(Terminal::isTerminal);
  }

  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  private static Charset encoding() {
    for (String property :
        new String[] {"stdout.encoding", "sun.stdout.encoding", "native.encoding"}) {
      String name = System.getProperty(property);
      if (name != null && Charset.isSupported(name)) {
        return Charset.forName(name);
      }
    }
    return Charset.defaultCharset();
  }
}
