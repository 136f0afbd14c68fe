package org.ketloom.metrics.internal;

import org.ketloom.api.part.PartKind;
import org.ketloom.api.part.PartKindProvider;
import org.ketloom.metrics.FeatureNetworkProvider;
import org.osgi.service.component.annotations.Component;

/** Makes feature networks a kind of parts. */
@Component
public final class FeatureKind implements PartKindProvider {
  @Override
  public PartKind kind() {
    return FeatureNetworkProvider.KIND;
  }
}
