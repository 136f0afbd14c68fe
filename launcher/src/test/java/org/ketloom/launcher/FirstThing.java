package org.ketloom.launcher;

import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Registers what has to be done before the first command: it tells what it was given. */
public final class FirstThing implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    Callable<List<String>> first =
        () ->
            List.of(
                "plugins of " + context.getProperty("ketloom.plugins"),
                "settings of " + context.getProperty("ketloom.conf"),
                "deploy.verify is " + context.getProperty("deploy.verify"));
    context.registerService(
        Callable.class, first, new Hashtable<>(Map.of("ketloom.launch", "first")));
  }

  @Override
  public void stop(BundleContext context) {}
}
