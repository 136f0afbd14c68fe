package org.ketloom.model.lastqgan;

import java.util.List;
import java.util.Map;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.PartSelection;
import org.ketloom.api.model.Slot;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * The latent style-based quantum GAN with its options, see {@link LastQgan}.
 *
 * @param options the model's hyper-parameters
 */
@Component(
    service = GenerativeModelFactory.class,
    property = {
      Part.NAME + "=last-qgan",
      Part.DESCRIPTION + "=Latent style-based quantum GAN with its autoencoder and classical rivals"
    })
public record LastQganFactory(LastQgan options) implements GenerativeModelFactory {

  /** Circuit of 10 qubits and 6 layers, 20 latents, Wasserstein loss. */
  public LastQganFactory() {
    this(Options.defaults(LastQgan.class));
  }

  @Override
  public List<Slot> slots() {
    return List.of(
        new Slot(LastQgan.ANSATZ, Ansatz.KIND, PartSelection.of("controlled-ring")),
        new Slot(
            LastQgan.OBSERVABLE,
            ObservableHead.KIND,
            PartSelection.of("pauli", Map.of("strings", List.of("X", "Z")))));
  }

  @Override
  public Blueprint.Training training() {
    return new Blueprint.Training(20, 128, 1, 1);
  }

  @Override
  public GenerativeModel<SamplingOptions> create(ModelContext context) {
    return new LastQganModel(options, context);
  }
}
