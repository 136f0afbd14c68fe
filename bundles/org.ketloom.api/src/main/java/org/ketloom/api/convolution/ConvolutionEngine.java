package org.ketloom.api.convolution;

import java.util.Optional;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Service: computes the convolutions of classical networks. A model gets the first one that runs on
 * the machine; without any it takes those of the library that its networks are written with.
 */
@ProviderType
public interface ConvolutionEngine extends Part {
  /** This kind of parts. */
  PartKind KIND = new PartKind("convolution", ConvolutionEngine.class);

  /**
   * Why it can't run on this machine; empty if it can. The first call may load native code, later
   * ones give the same answer at once.
   */
  Optional<String> fault();

  /**
   * Makes a convolution ready.
   *
   * @throws IllegalStateException if it can't run on this machine, see {@link #fault}
   */
  Convolution prepare(ConvolutionShape shape);
}
