package org.ketloom.itests.composition;

import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.container.Plugin;
import org.ketloom.itests.plugin.TwiceEncoding;
import org.ketloom.itests.plugin.WaitingComponent;
import org.ketloom.itests.support.Services;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleException;

/** A test that waits in vain says why. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class DiagnosisIT {
  private static final String WAITING = "ketloom.itests.waiting";
  private static final String UNRESOLVED = "ketloom.itests.unresolved";

  private final Services services = new Services(DiagnosisIT.class, Duration.ofMillis(500));

  @Configuration
  public static Option[] container() {
    return CoreOptions.options(
        Container.base(),
        Container.features("core"),
        CoreOptions.systemProperty(WAITING)
            .value(Plugin.jar("test.waiting", "*", WaitingComponent.class).toUri().toString()),
        CoreOptions.systemProperty(UNRESOLVED)
            .value(
                Plugin.jar("test.unresolved", "org.nowhere,*", TwiceEncoding.class)
                    .toUri()
                    .toString()));
  }

  @Test
  public void aMissingServiceIsExplained() throws BundleException {
    services.context().installBundle(System.getProperty(WAITING)).start();
    services.context().installBundle(System.getProperty(UNRESOLVED));

    String message =
        assertThrows(AssertionError.class, () -> services.await(LongSupplier.class)).getMessage();

    assertTrue(message, message.contains("service java.util.function.LongSupplier didn't come"));
    assertTrue(
        message,
        message.contains(
            "component "
                + WaitingComponent.class.getName()
                + " of test.waiting waits for "
                + DatasetProvider.class.getName()
                + " with (ketloom.part.name=nowhere)"));
    assertTrue(message, message.contains("bundle test.unresolved"));
    assertTrue(message, message.contains("(osgi.wiring.package=org.nowhere)"));
  }
}
