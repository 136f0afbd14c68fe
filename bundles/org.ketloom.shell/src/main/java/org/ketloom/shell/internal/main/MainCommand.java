package org.ketloom.shell.internal.main;

import java.util.function.ToIntFunction;
import org.ketloom.shell.internal.console.FrameworkServices;
import org.ketloom.shell.internal.console.Interruptions;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

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
    return Ketloom.execute(Ketloom.commandLine(services, Terminal.detect()), arguments);
  }

  @Override
  public void close() {
    services.interruptions().interrupt();
  }
}
