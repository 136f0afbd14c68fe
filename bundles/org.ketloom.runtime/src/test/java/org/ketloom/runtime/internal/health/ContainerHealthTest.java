package org.ketloom.runtime.internal.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.runtime.health.Health;
import org.ketloom.runtime.internal.parts.Fakes;
import org.ketloom.runtime.internal.run.LiveRuns;
import org.ketloom.runtime.job.Jobs;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/** Health answers, whatever doesn't answer it. */
@Timeout(60)
class ContainerHealthTest {
  @TempDir private Path folder;

  @Test
  void componentsThatNeverAnswerAreTold() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    ServiceComponentRuntime endless =
        proxy(
            ServiceComponentRuntime.class,
            () -> {
              end.await();
              return List.of();
            });
    Framework framework =
        new FrameworkFactory().newFramework(Map.of(Constants.FRAMEWORK_STORAGE, folder.toString()));
    framework.start();
    try {
      Health health =
          new ContainerHealth(
              framework.getBundleContext(),
              endless,
              Fakes.registry(),
              new LiveRuns(),
              proxy(Jobs.class, List::of),
              Duration.ofMillis(300));
      List<Health.Finding> findings = health.check();
      List<Health.Finding> components =
          findings.stream().filter(f -> f.check().equals("components")).toList();
      assertEquals(1, components.size(), components::toString);
      assertEquals(Health.Level.FAIL, components.get(0).level());
      assertTrue(
          components
              .get(0)
              .message()
              .startsWith(
                  "asking for the state of components didn't return within 300 ms; it was at "),
          components::toString);
      // The looks after it were made too.
      assertTrue(findings.stream().anyMatch(f -> f.check().equals("runs")), findings::toString);
    } finally {
      end.countDown();
      framework.stop();
      framework.waitForStop(10_000);
    }
  }

  private interface Answer {
    Object get() throws Exception;
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            ContainerHealthTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer.get()));
  }
}
