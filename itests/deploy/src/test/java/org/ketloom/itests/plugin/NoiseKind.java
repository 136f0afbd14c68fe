package org.ketloom.itests.plugin;

import java.util.List;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.ketloom.api.part.PartKindProvider;
import org.osgi.service.component.annotations.Component;

/** Makes noise models a kind of parts. */
@Component(service = PartKindProvider.class)
public final class NoiseKind implements PartKindProvider {
  @Override
  public PartKind kind() {
    return Noise.KIND;
  }

  @Override
  public List<String> check(Part part) {
    double probability = ((Noise) part).probability();
    return probability >= 0 && probability <= 1
        ? List.of()
        : List.of("probability() gave " + probability + ", expected 0 to 1");
  }
}
