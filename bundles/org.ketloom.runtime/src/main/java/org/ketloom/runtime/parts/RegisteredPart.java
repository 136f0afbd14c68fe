package org.ketloom.runtime.parts;

import java.util.List;
import java.util.Objects;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.osgi.framework.Version;

/**
 * A part that may be used. Each is a service too, whose properties are the part's {@link Part#NAME}
 * and {@link Part#DESCRIPTION} and the constants here; of several with one name {@link
 * PartRegistry#find} knows the first choice.
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

  /** Service property: the name of the kind of part, as {@code ansatz}. */
  public static final String KIND = "ketloom.part.kind";

  /**
   * Service property: the version of the bundle that registers the part, an OSGi {@code Version},
   * which filters compare as such.
   */
  public static final String VERSION = "ketloom.part.version";

  /**
   * Service property: the schema of the part's options, a JSON list of objects with {@code name},
   * {@code type} (see {@link Options.Entry#type}), {@code default}, {@code range} (see {@link
   * org.ketloom.api.part.Option#range}, empty for any) and {@code description}.
   */
  public static final String OPTIONS = "ketloom.part.options";

  /** Service property: symbolic name of the bundle that registers the part. */
  public static final String BUNDLE = "ketloom.part.bundle";

  /** Copies the options. */
  public RegisteredPart {
    options = List.copyOf(options);
  }

  /**
   * The part with its defaults, as what it is.
   *
   * @param type the service type of its kind, or a type of the part
   * @throws ClassCastException if it is of another type
   */
  public <P> P prototype(Class<P> type) {
    return type.cast(prototype);
  }

  /**
   * Whether it is the same kind of the same service, with the very same object: what an object
   * thinks itself equal to is code of its plugin, which may do anything.
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof RegisteredPart part
        && serviceId == part.serviceId
        && prototype == part.prototype
        && kind.equals(part.kind)
        && name.equals(part.name)
        && version.equals(part.version)
        && bundle.equals(part.bundle)
        && description.equals(part.description)
        && options.equals(part.options);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, name, serviceId);
  }

  /** Kind, name and version: {@code encoding "angle" 2.0.0}. */
  @Override
  public String toString() {
    return kind + " \"" + name + "\" " + version;
  }
}
