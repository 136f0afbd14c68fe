package org.ketloom.runtime.parts;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Service: parts that were current once and whose content is kept. A run that was trained with one
 * of them can have it back.
 */
@ProviderType
public interface PartArchive {

  /** Whether the very content is kept that a part came from. */
  boolean keeps(PartIdentity part);

  /**
   * Brings the bundle of a part back beside what is current; its parts are nobody's first choice.
   * It stays as long as it is leased, see {@link Leases}: who wants it takes the lease first.
   *
   * @throws IllegalStateException saying why the bundle isn't taken, or that it isn't kept
   * @throws IOException if what is kept can't be read
   */
  void restore(PartIdentity part) throws IOException;
}
