package org.ketloom.itests.plugin;

import java.util.List;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.ketloom.api.part.PartKindProvider;
import org.osgi.service.component.annotations.Component;

/** Makes blurs a kind of parts. */
@Component(service = PartKindProvider.class)
public final class BlurKind implements PartKindProvider {
  @Override
  public PartKind kind() {
    return Blur.KIND;
  }

  @Override
  public List<String> check(Part part) {
    double probability = ((Blur) part).probability();
    return probability >= 0 && probability <= 1
        ? List.of()
        : List.of("probability() gave " + probability + ", expected 0 to 1");
  }
}
