package org.ketloom.runtime.parts;

import java.util.List;
import org.ketloom.api.model.PartKind;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.osgi.framework.Version;

/**
 * A part that is there. Each is a service too, with the properties that {@link
 * org.ketloom.api.part.Part} lists; of several with one name {@link PartRegistry#find} knows the
 * first choice.
 *
 * @param kind what it is
 * @param name the name by which a Blueprint asks for it
 * @param version version of the bundle that registered it
 * @param bundle symbolic name of that bundle
 * @param description what it does, in one line; may be empty
 * @param options its options with their defaults, read once when it came
 * @param serviceId OSGi service id, unique in the running framework
 * @param prototype the part with its defaults (see {@link org.ketloom.api.part.Options})
 */
public record RegisteredPart(
    PartKind kind,
    String name,
    Version version,
    String bundle,
    String description,
    List<Options.Entry> options,
    long serviceId,
    Part prototype) {

  /** Copies the options. */
  public RegisteredPart {
    options = List.copyOf(options);
  }

  /** Kind, name and version: {@code encoding "angle" 0.1.0}. */
  @Override
  public String toString() {
    return kind + " \"" + name + "\" " + version;
  }
}
