package org.ketloom.shell.internal.main;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.shell.internal.console.Interruptions;
import org.ketloom.shell.internal.console.Messages;
import org.ketloom.shell.internal.console.PrintableStream;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import org.ketloom.shell.internal.run.BackgroundJobs;
import org.ketloom.shell.internal.serve.ServeOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A Gogo session that knows the same commands. */
@Command(
    name = "shell",
    description = {
      "Run commands in one container: all those of ketloom, and those of Gogo for bundles (lb,"
          + " start, stop, install, help). Compositions, and runs with auto-resume, are trained"
          + " in the background meanwhile. exit or Ctrl-D writes all checkpoints and ends the"
          + " shell."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom shell",
      "  ketloom shell -c lb -c 'parts --brief'",
      "  echo 'parts ansatz' | ketloom shell"
    })
final class ShellCommand implements Callable<Integer> {
  private static final String PROMPT = "ketloom> ";
  private static final int LONGEST_LINE = 1 << 16;

  private final Services services;
  private final Terminal terminal;
  @Spec private CommandSpec spec;

  @Option(
      names = "-c",
      paramLabel = "COMMAND",
      description =
          "Run this command and end; exit status 1 if it can't be run. May be repeated: the"
              + " commands run one after another, up to the first that fails.")
  private List<String> commands = List.of();

  @Mixin private ServeOptions options;

  ShellCommand(Services services, Terminal terminal) {
    this.services = services;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    CommandProcessor processor = services.get(CommandProcessor.class);
    // Gogo has put streams of its own into System: a session that wrote to these would call itself.
    try (CommandSession session =
        processor.createSession(
            new FileInputStream(FileDescriptor.in),
            new PrintableStream(new FileOutputStream(FileDescriptor.out), terminal.charset()),
            new PrintableStream(new FileOutputStream(FileDescriptor.err), terminal.charset()))) {
      session.put("SCOPE", "ketloom:felix:gogo:*");
      if (!commands.isEmpty()) {
        return commands.stream().allMatch(command -> run(session, command)) ? 0 : 1;
      }
      Interruptions.Work end = () -> services.get(Jobs.class).close();
      services.interruptions().add(end);
      try {
        options
            .open(services)
            .forEach(job -> BackgroundJobs.tell(spec.commandLine().getOut(), job));
        if (terminal.interactive()) {
          interactive(session);
          return 0;
        }
        return script(session) ? 0 : 1;
      } finally {
        end.interrupt();
        services.interruptions().remove(end);
      }
    }
  }

  private void interactive(CommandSession session) throws IOException {
    List<String> names = GogoCommands.FUNCTIONS;
    try (var jline = TerminalBuilder.builder().system(true).dumb(true).build()) {
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(jline)
              .completer(new StringsCompleter(names))
              .build();
      while (true) {
        String line;
        try {
          line = reader.readLine(PROMPT).strip();
        } catch (UserInterruptException e) {
          continue;
        } catch (EndOfFileException e) {
          return;
        }
        if (line.equals("exit") || line.equals("quit")) {
          return;
        }
        run(session, line);
      }
    }
  }

  private boolean script(CommandSession session) throws IOException {
    boolean good = true;
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(System.in, terminal.charset()));
    for (String line = line(reader); line != null; line = line(reader)) {
      if (line.strip().equals("exit")) {
        break;
      }
      good &= run(session, line);
    }
    return good;
  }

  /** The next line; null at the end. */
  static @Nullable String line(Reader reader) throws IOException {
    StringBuilder line = new StringBuilder();
    int c = reader.read();
    if (c < 0) {
      return null;
    }
    for (; c >= 0 && c != '\n'; c = reader.read()) {
      if (line.length() == LONGEST_LINE) {
        throw new IOException(
            "the standard input has a line of more than "
                + LONGEST_LINE
                + " characters; commands are expected, one a line");
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  private boolean run(CommandSession session, String line) {
    PrintWriter err = spec.commandLine().getErr();
    if (line.isBlank()) {
      return true;
    }
    try {
      Object result = session.execute(line);
      if (result != null) {
        spec.commandLine().getOut().println(session.format(result, Converter.INSPECT));
      }
      return true;
    } catch (Exception e) {
      if (!(cause(e) instanceof GogoCommands.Failed)) {
        err.println("ketloom: " + Messages.of(cause(e)));
      }
      // A command of ketloom has said itself why it failed.
      return false;
    } finally {
      spec.commandLine().getOut().flush();
      err.flush();
    }
  }

  private static Throwable cause(Exception e) {
    return e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
  }
}
