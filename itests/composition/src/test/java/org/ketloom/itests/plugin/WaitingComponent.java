package org.ketloom.itests.plugin;

import java.util.function.LongSupplier;
import org.ketloom.api.data.DatasetProvider;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** A component that waits for a service that never comes. */
@Component(service = LongSupplier.class)
public final class WaitingComponent implements LongSupplier {
  private final DatasetProvider provider;

  /** Called by the framework. */
  @Activate
  public WaitingComponent(
      @Reference(target = "(ketloom.part.name=nowhere)") DatasetProvider provider) {
    this.provider = provider;
  }

  @Override
  public long getAsLong() {
    return provider.hashCode();
  }
}
