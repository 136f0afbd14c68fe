package org.ketloom.model.latentflow;

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
 * Flow matching or diffusion in the latents of an autoencoder, see {@link LatentFlow}.
 *
 * @param options the model's hyper-parameters
 */
@Component(
    service = GenerativeModelFactory.class,
    property = {
      Part.NAME + "=latent-flow",
      Part.DESCRIPTION
          + "=Flow matching in an autoencoder's latents: a circuit alone leads from noise to them"
    })
public record LatentFlowFactory(LatentFlow options) implements GenerativeModelFactory {

  /** Five circuits of 8 qubits and 2 layers, 20 latents, flow matching. */
  public LatentFlowFactory() {
    this(Options.defaults(LatentFlow.class));
  }

  @Override
  public List<Slot> slots() {
    return List.of(
        // The maps before the uploads have scales and offsets already.
        new Slot(
            LatentFlow.ENCODING,
            Encoding.KIND,
            PartSelection.of("reuploading", Map.of("trainScale", false, "trainOffset", false))),
        new Slot(
            LatentFlow.ANSATZ,
            Ansatz.KIND,
            PartSelection.of("cluster-state", Map.of("closed", true))),
        new Slot(
            LatentFlow.OBSERVABLE,
            ObservableHead.KIND,
            PartSelection.of("pauli", Map.of("strings", List.of("X", "Z", "ZZ*")))));
  }

  @Override
  public Blueprint.Training training() {
    return new Blueprint.Training(20, 128, 1, 2);
  }

  @Override
  public GenerativeModel<SamplingOptions> create(ModelContext context) {
    return new LatentFlowModel(options, context);
  }
}
