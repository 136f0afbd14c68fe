package org.ketloom.itests.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Hashtable;
import java.util.Map;
import java.util.function.Consumer;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * Ends the process without further ado after a step of the deployer. While the file that system
 * property {@code halt.file} names is there, it adds the steps to {@code steps.log} beside it, and
 * the one that begins like its content is the last.
 */
public final class Halter implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    Path file = Path.of(context.getProperty("halt.file"));
    Consumer<String> halter =
        step -> {
          try {
            if (Files.exists(file)) {
              Files.writeString(
                  file.resolveSibling("steps.log"),
                  step + "\n",
                  StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND);
              if (step.startsWith(Files.readString(file))) {
                Runtime.getRuntime().halt(137);
              }
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    context.registerService(
        Consumer.class, halter, new Hashtable<>(Map.of("ketloom.deploy", "steps")));
  }

  @Override
  public void stop(BundleContext context) {}
}
