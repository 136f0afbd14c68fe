package org.ketloom.model.diffusion;

import java.util.List;
import java.util.Map;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.PartSelection;
import org.ketloom.api.model.Slot;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * The published network of arXiv 2602.03405 with its options, see {@link Jo2026}.
 *
 * @param options the model's hyper-parameters
 */
@Component(
    service = GenerativeModelFactory.class,
    property = {
      Part.NAME + "=jo2026",
      Part.DESCRIPTION
          + "=The published hybrid diffusion network of arXiv 2602.03405, for grey images;"
          + " its authors trained it on 8,096 (data.options.count)"
    })
public record Jo2026Factory(Jo2026 options) implements GenerativeModelFactory {

  /** The released settings; 2,530 steps are 10 epochs of 8,096 images. */
  public Jo2026Factory() {
    this(Options.defaults(Jo2026.class));
  }

  @Override
  public List<Slot> slots() {
    return List.of(
        new Slot(Jo2026.ENCODING, Encoding.KIND, PartSelection.of("amplitude")),
        new Slot(Jo2026.ANSATZ, Ansatz.KIND, PartSelection.of("two-qubit")),
        new Slot(
            Jo2026.OBSERVABLE,
            ObservableHead.KIND,
            PartSelection.of(
                "adaptive", Map.of("locality", 4, "windows", "sliding", "copies", 16))));
  }

  @Override
  public Blueprint.Training training() {
    return new Blueprint.Training(100, 32, 1, 10);
  }

  @Override
  public GenerativeModel<Jo2026Sampling> create(ModelContext context) {
    return new Jo2026Model(options, context);
  }
}
