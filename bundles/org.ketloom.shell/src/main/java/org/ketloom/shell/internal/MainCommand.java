package org.ketloom.shell.internal;

import java.util.function.ToIntFunction;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** The command line: takes its arguments, gives the exit status. */
@Component(service = ToIntFunction.class, property = "ketloom.command=main")
public final class MainCommand implements ToIntFunction<String[]> {
  private final Services services;

  /** Called by the framework. */
  @Activate
  public MainCommand(BundleContext context) {
    this(new FrameworkServices(context));
  }

  MainCommand(Services services) {
    this.services = services;
  }

  @Override
  public int applyAsInt(String[] arguments) {
    return Ketloom.execute(Ketloom.commandLine(services, Terminal.detect()), arguments);
  }
}
