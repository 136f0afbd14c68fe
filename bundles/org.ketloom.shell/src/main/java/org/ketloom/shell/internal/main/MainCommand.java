package org.ketloom.shell.internal.main;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import org.ketloom.runtime.deploy.Deployer;
import org.ketloom.runtime.deploy.Notice;
import org.ketloom.shell.internal.console.FrameworkServices;
import org.ketloom.shell.internal.console.Interruptions;
import org.ketloom.shell.internal.console.Messages;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.ProgressLine;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ParseResult;

/**
 * The command line: takes its arguments, gives the exit status. Closing it, on another thread,
 * interrupts what it does, and returns when the process may end.
 */
@Component(service = ToIntFunction.class, property = "ketloom.command=main")
public final class MainCommand implements ToIntFunction<String[]>, AutoCloseable {
  private final Services services;

  /** Called by the framework. */
  @Activate
  public MainCommand(BundleContext context, @Reference Interruptions interruptions) {
    this(new FrameworkServices(context, interruptions));
  }

  MainCommand(Services services) {
    this.services = services;
  }

  @Override
  public int applyAsInt(String[] arguments) {
    return Ketloom.execute(commandLine(services, Terminal.detect(), arguments), arguments);
  }

  /**
   * The commands that some arguments can reach; those that work with plugins wait for these, and
   * tell what was left out.
   */
  static CommandLine commandLine(Services services, Terminal terminal, String... arguments) {
    CommandLine line = Ketloom.commandLine(services, terminal, arguments);
    IExecutionStrategy execution = line.getExecutionStrategy();
    return line.setExecutionStrategy(
        parsed -> {
          if (needsPlugins(parsed)) {
            ProgressLine progress = new ProgressLine(line.getOut(), terminal, false);
            progress.pass("waiting for the plugins");
            List<Notice> notices = services.get(Deployer.class).awaitPlugins();
            progress.clear();
            for (Notice notice : notices) {
              line.getErr().println("ketloom: " + Messages.of(notice));
            }
            line.getErr().flush();
          }
          return execution.execute(parsed);
        });
  }

  private static boolean needsPlugins(ParseResult parsed) {
    List<CommandLine> named = parsed.asCommandLineList();
    CommandLine last = named.get(named.size() - 1);
    return last.getCommand() instanceof Callable<?>
        && !(last.getCommand() instanceof NeedsNoPlugins)
        && named.stream().noneMatch(c -> c.isUsageHelpRequested() || c.isVersionHelpRequested());
  }

  @Override
  public void close() {
    services.interruptions().interrupt();
  }
}
