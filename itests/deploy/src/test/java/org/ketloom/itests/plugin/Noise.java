package org.ketloom.itests.plugin;

import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;

/** What the platform knows nothing of: a noise model. */
public interface Noise extends Part {
  /** This kind of parts. */
  PartKind KIND = new PartKind("noise", Noise.class);

  /** Probability of an error, 0 to 1. */
  double probability();
}
