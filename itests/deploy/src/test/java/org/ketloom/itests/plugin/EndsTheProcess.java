package org.ketloom.itests.plugin;

import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * Ends the process when it is started: as header {@code X-How} says, or property {@code test.how}
 * where that says {@code later}.
 */
public final class EndsTheProcess implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    String header = context.getBundle().getHeaders().get("X-How");
    String how = header.equals("later") ? context.getProperty("test.how") : header;
    if (how == null) {
      return;
    }
    switch (how) {
      case "exit" -> System.exit(0);
      case "halt" -> Runtime.getRuntime().halt(0);
      case "memory" -> {
        List<long[]> all = new ArrayList<>();
        while (all.size() < Integer.MAX_VALUE) {
          all.add(new long[1 << 26]);
        }
      }
      default -> throw new IllegalArgumentException(how);
    }
  }

  @Override
  public void stop(BundleContext context) {}
}
