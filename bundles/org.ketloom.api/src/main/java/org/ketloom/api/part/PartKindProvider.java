package org.ketloom.api.part;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Service: brings a kind of parts that the platform doesn't know. As long as it is registered,
 * services of the kind's type are parts like any other: the registry finds them, {@code ketloom
 * parts} lists them, a model's slot can ask for them, and the deployer checks them before they are
 * used.
 */
@ConsumerType
public interface PartKindProvider {

  /** The kind; the same one at every call. */
  PartKind kind();

  /**
   * Checks a part of this kind before it is used for the first time, besides its options, which the
   * platform checks. A call is bound in time.
   *
   * @param part a part with its default options, of the kind's type
   * @return what is wrong with it, a sentence each; by default nothing
   */
  default List<String> check(Part part) {
    return List.of();
  }
}
