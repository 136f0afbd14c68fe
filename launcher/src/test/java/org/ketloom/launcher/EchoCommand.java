package org.ketloom.launcher;

import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * Activator of a bundle with a command service: {@code status N} ends with exit status N, {@code
 * fail} fails, {@code run} runs until it is asked to end, {@code exit} does so while a thread ends
 * the process with status 0.
 */
public final class EchoCommand implements BundleActivator {
  private final Command command = new Command();

  @Override
  public void start(BundleContext context) {
    context.registerService(
        ToIntFunction.class, command, new Hashtable<>(Map.of("ketloom.command", "main")));
  }

  @Override
  public void stop(BundleContext context) {
    if (command.saved.getCount() == 0) {
      System.out.println("stopped");
    }
  }

  static final class Command implements ToIntFunction<String[]>, AutoCloseable {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch saved = new CountDownLatch(1);

    @Override
    public int applyAsInt(String[] arguments) {
      return switch (arguments[0]) {
        case "status" -> Integer.parseInt(arguments[1]);
        case "run" -> {
          System.out.println("running");
          await(asked);
          System.out.println("saved");
          saved.countDown();
          yield 0;
        }
        case "exit" -> {
          Thread thread = new Thread(() -> System.exit(0));
          thread.start();
          await(asked);
          System.out.println("saved");
          saved.countDown();
          yield 0;
        }
        default -> throw new IllegalArgumentException("no such thing: " + arguments[0]);
      };
    }

    @Override
    public void close() {
      asked.countDown();
      await(saved);
    }

    private static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
