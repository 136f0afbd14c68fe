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
 * The hybrid quantum-classical diffusion U-Net with its options, see {@link HybridUNet}.
 *
 * @param options the model's hyper-parameters
 */
@Component(
    service = GenerativeModelFactory.class,
    property = {
      Part.NAME + "=hybrid-unet",
      Part.DESCRIPTION + "=Diffusion U-Net with a quantum bottleneck"
    })
public record HybridUNetFactory(HybridUNet options) implements GenerativeModelFactory {

  /** Settings that draw 16x16 digits after a few minutes on two cores. */
  public HybridUNetFactory() {
    this(Options.defaults(HybridUNet.class));
  }

  @Override
  public List<Slot> slots() {
    return List.of(
        new Slot(HybridUNet.ENCODING, Encoding.KIND, PartSelection.of("angle")),
        new Slot(HybridUNet.ANSATZ, Ansatz.KIND, PartSelection.of("two-qubit")),
        new Slot(
            HybridUNet.OBSERVABLE,
            ObservableHead.KIND,
            PartSelection.of("adaptive", Map.of("locality", 2))));
  }

  @Override
  public Blueprint.Training training() {
    return new Blueprint.Training(12, 64, 1, 2);
  }

  @Override
  public GenerativeModel<SamplingOptions> create(ModelContext context) {
    return new DiffusionModel(options, context);
  }
}
