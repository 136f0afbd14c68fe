package org.ketloom.shell.internal.main;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.ketloom.shell.internal.console.ExitStatus;
import org.ketloom.shell.internal.console.Interruptions;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import org.osgi.framework.Constants;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command line without a container, for the launcher: help, the version and completion. It has
 * the same commands, so that what it shows is what the container's would show. The feature names
 * this class.
 */
public final class Offline implements Function<String[], OptionalInt> {

  private static final Set<String> VERSION = Set.of("version", "--version", "-V");

  /** A command that works without a container. */
  interface Command {}

  /** Services of a container that isn't there. */
  private static final class NoServices implements Services {
    private final Interruptions interruptions = new Interruptions();

    @Override
    public <T> T get(Class<T> type) {
      throw new IllegalStateException("no " + type.getSimpleName() + " without a container");
    }

    @Override
    public void start(String symbolicName) {
      throw new IllegalStateException("no bundle " + symbolicName + " without a container");
    }

    @Override
    public String property(String name) {
      return System.getProperty(name);
    }

    @Override
    public String version() {
      URL own = Offline.class.getResource("Offline.class");
      try {
        URLConnection connection = own.openConnection();
        return connection instanceof JarURLConnection jar
            ? jar.getManifest().getMainAttributes().getValue(Constants.BUNDLE_VERSION)
            : "";
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Interruptions interruptions() {
      return interruptions;
    }
  }

  /** Services for commands that only show their help. */
  static Services noServices() {
    return new NoServices();
  }

  /**
   * Answers, if that needs no container.
   *
   * @param arguments of the command line
   * @return the exit status; empty if a container has to answer, nothing has happened then
   */
  @Override
  public OptionalInt apply(String[] arguments) {
    Terminal terminal = Terminal.detect();
    List<String> words = List.of(arguments);
    if (words.size() == 1 && VERSION.contains(words.get(0))) {
      PrintWriter out = new PrintWriter(System.out, true, terminal.charset());
      for (String line : VersionCommand.text(new NoServices())) {
        out.println(line);
      }
      return OptionalInt.of(ExitStatus.OK);
    }
    Optional<String> text =
        PreparedHelp.of(words.isEmpty() ? List.of("help") : words, terminal, System.getenv());
    if (text.isPresent() && words.isEmpty()) {
      PrintWriter err = new PrintWriter(System.err, true, terminal.charset());
      err.println(Ketloom.MISSING);
      err.print(text.get());
      err.flush();
      return OptionalInt.of(ExitStatus.USAGE);
    }
    if (text.isPresent()) {
      PrintWriter out = new PrintWriter(System.out, true, terminal.charset());
      out.print(text.get());
      out.flush();
      return OptionalInt.of(ExitStatus.OK);
    }
    return Parsed.answer(arguments, terminal);
  }

  /** Apart, so that the classes of all commands are loaded only where they are needed. */
  private static final class Parsed {
    private Parsed() {}

    static OptionalInt answer(String[] arguments, Terminal terminal) {
      CommandLine line = Ketloom.commandLine(new NoServices(), terminal, arguments);
      try {
        return arguments.length == 0 || isAnswered(line.parseArgs(arguments))
            ? OptionalInt.of(Ketloom.execute(line, arguments))
            : OptionalInt.empty();
      } catch (ParameterException e) {
        return OptionalInt.empty();
      }
    }

    private static boolean isAnswered(ParseResult parsed) {
      return parsed.asCommandLineList().stream()
          .anyMatch(
              c ->
                  c.isUsageHelpRequested()
                      || c.isVersionHelpRequested()
                      || c.getCommand() instanceof Command);
    }
  }
}
