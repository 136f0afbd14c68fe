package org.ketloom.runtime.parts;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Service: what live runs hold. A bundle that a run was composed from is leased until the run has
 * ended or has let go of it; the deployer retires no leased bundle. Who composes takes the leases
 * of the parts that it found, and looks then whether {@link PartRegistry} still has them; the
 * deployer takes a bundle's parts out of the registry, and looks then whether somebody has leased
 * it. So one of the two learns of the other.
 */
@ProviderType
public interface Leases {

  /**
   * The runs that lease a bundle.
   *
   * @param bundle symbolic name, as in {@link PartIdentity#bundle}
   * @param version version, as in {@link PartIdentity#version}
   * @param sha256 hash of the content, as in {@link PartIdentity#sha256}
   * @return the names of these runs; empty if nothing holds the bundle
   */
  List<String> holders(String bundle, String version, String sha256);

  /** The names of the live runs: those that hold a lease. */
  List<String> live();

  /** Calls a listener after a lease has ended, on the thread that ended it; it should be quick. */
  void addListener(Runnable listener);

  /** Forgets a listener. */
  void removeListener(Runnable listener);
}
