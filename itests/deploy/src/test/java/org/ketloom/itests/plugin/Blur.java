package org.ketloom.itests.plugin;

import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;

/** What the platform knows nothing of: a blur model. */
public interface Blur extends Part {
  /** This kind of parts. */
  PartKind KIND = new PartKind("blur", Blur.class);

  /** Probability of an error, 0 to 1. */
  double probability();
}
