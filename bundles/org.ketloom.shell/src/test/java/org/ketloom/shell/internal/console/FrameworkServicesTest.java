package org.ketloom.shell.internal.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleReference;
import org.osgi.framework.ServiceReference;

class FrameworkServicesTest {
  private final Bundle platform = proxy(Bundle.class, (p, method, args) -> answer(p, method, args));
  private final Bundle plugin = proxy(Bundle.class, (p, method, args) -> answer(p, method, args));
  private final List<Offer> offers = new ArrayList<>();

  /** A service of a bundle; the one of the highest ranking is the greatest. */
  private record Offer(Bundle bundle, int ranking, Object service) {}

  /** A plugin that registers the platform's own type, of a higher ranking, isn't asked. */
  @Test
  void thePlatformsServicesAreItsOwn() throws Exception {
    Class<?> type = new BundleLoader(platform).loadClass(Wanted.class.getName());
    Object ours =
        Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this::answer);
    Object theirs =
        Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this::answer);
    FrameworkServices services = new FrameworkServices(context(), null);
    assertThrows(IllegalStateException.class, () -> services.get(type));
    offers.add(new Offer(plugin, 1000, theirs));
    assertEquals(theirs, services.get(type));
    offers.add(new Offer(platform, 0, ours));
    assertEquals(ours, services.get(type));
  }

  private BundleContext context() {
    return proxy(
        BundleContext.class,
        (p, method, args) ->
            switch (method.getName()) {
              case "getServiceReferences" -> offers.stream().map(this::reference).toList();
              case "getServiceReference" ->
                  offers.stream()
                      .max(java.util.Comparator.comparing(Offer::ranking))
                      .map(this::reference)
                      .orElse(null);
              case "getService" ->
                  ((Offer) ((ServiceReference<?>) args[0]).getProperty("offer")).service();
              default -> throw new IllegalStateException(method.toString());
            });
  }

  private ServiceReference<?> reference(Offer offer) {
    return proxy(
        ServiceReference.class,
        (p, method, args) ->
            switch (method.getName()) {
              case "getBundle" -> offer.bundle();
              case "getProperty" -> offer;
              case "compareTo" ->
                  Integer.compare(
                      offer.ranking(),
                      ((Offer) ((ServiceReference<?>) args[0]).getProperty("offer")).ranking());
              default -> answer(p, method, args);
            });
  }

  private Object answer(Object proxy, java.lang.reflect.Method method, Object[] args) {
    return switch (method.getName()) {
      case "equals" -> proxy == args[0];
      case "hashCode" -> System.identityHashCode(proxy);
      case "toString" -> "fake";
      default -> throw new IllegalStateException(method.toString());
    };
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            FrameworkServicesTest.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** Defines the test's interface once more, as a bundle's class loader would. */
  private static final class BundleLoader extends ClassLoader implements BundleReference {
    private final Bundle bundle;

    BundleLoader(Bundle bundle) {
      super(FrameworkServicesTest.class.getClassLoader());
      this.bundle = bundle;
    }

    @Override
    public Bundle getBundle() {
      return bundle;
    }

    @Override
    public Class<?> loadClass(String name) throws ClassNotFoundException {
      if (!name.equals(Wanted.class.getName())) {
        return super.loadClass(name);
      }
      String file = name.replace('.', '/') + ".class";
      try (InputStream in = getParent().getResourceAsStream(file)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}

/** A type of the platform, which a bundle's class loader defines once more. */
interface Wanted {}
