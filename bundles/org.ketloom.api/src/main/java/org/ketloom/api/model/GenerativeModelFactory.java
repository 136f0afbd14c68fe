package org.ketloom.api.model;

import java.util.List;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Service: builds a generative model. Its options (see {@link Part}) are the model's
 * hyper-parameters.
 */
@ConsumerType
public interface GenerativeModelFactory extends Part {
  /** This kind of parts. */
  PartKind KIND = new PartKind("model", GenerativeModelFactory.class);

  /** The parts that the model is composed from, in order. */
  List<Slot> slots();

  /**
   * The training settings that suit the model when the Blueprint says nothing.
   *
   * @return epochs, batch size and so on
   */
  Blueprint.Training training();

  /**
   * Builds a model with fresh weights.
   *
   * @throws IllegalArgumentException naming the hyper-parameter, part or shape that doesn't fit
   */
  GenerativeModel<?> create(ModelContext context);
}
