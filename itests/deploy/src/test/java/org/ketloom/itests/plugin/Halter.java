package org.ketloom.itests.plugin;

import java.util.Hashtable;
import java.util.Map;
import java.util.function.Consumer;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * Ends the process without further ado after a step of the deployer that begins like system
 * property {@code halt.at}, in which an underscore stands for a space.
 */
public final class Halter implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    String at = context.getProperty("halt.at");
    Consumer<String> halter =
        step -> {
          if (at != null && step.startsWith(at.replace('_', ' '))) {
            Runtime.getRuntime().halt(137);
          }
        };
    context.registerService(
        Consumer.class, halter, new Hashtable<>(Map.of("ketloom.deploy", "steps")));
  }

  @Override
  public void stop(BundleContext context) {}
}
