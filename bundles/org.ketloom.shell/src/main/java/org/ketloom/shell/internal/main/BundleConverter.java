package org.ketloom.shell.internal.main;

import java.util.stream.Stream;
import org.apache.felix.service.command.Converter;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Lets Gogo's commands take bundles by number or symbolic name: {@code stop 11}. */
@Component(
    service = Converter.class,
    property = Converter.CONVERTER_CLASSES + "=org.osgi.framework.Bundle")
public final class BundleConverter implements Converter {
  private final BundleContext context;

  /** Called by the framework. */
  @Activate
  public BundleConverter(BundleContext context) {
    this.context = context;
  }

  @Override
  public @Nullable Object convert(Class<?> type, Object value) {
    if (type != Bundle.class) {
      return null;
    }
    String text = value.toString();
    return Stream.of(context.getBundles())
        .filter(
            b -> text.equals(Long.toString(b.getBundleId())) || text.equals(b.getSymbolicName()))
        .findFirst()
        .orElse(null);
  }

  @Override
  public @Nullable CharSequence format(Object value, int level, Converter converter) {
    return null;
  }
}
