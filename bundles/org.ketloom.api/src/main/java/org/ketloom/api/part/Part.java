package org.ketloom.api.part;

/**
 * What can be named in a Blueprint. A part is registered as a service of its kind ({@link
 * Encoding}, {@link Ansatz}, {@link ObservableHead}, ...) with the service property {@link #NAME}.
 *
 * <p>That is all that a plugin writes about the part's identity. The other properties here can't
 * differ from what they describe, for it is the platform that sets them: for every part that may be
 * used it registers a second service, {@code org.ketloom.runtime.parts.RegisteredPart}, with the
 * name, the {@link #KIND}, the {@link #VERSION}, the schema of the {@link #OPTIONS}, the {@link
 * #BUNDLE} and the hash of its content ({@link #SHA256}). It comes and goes with the part; two
 * versions of a part are two services. So an LDAP filter finds a part, for example {@code
 * (&(ketloom.part.kind=ansatz)(ketloom.part.name=ladder)(ketloom.part.version>=1.2)(!(ketloom.part.version>=2)))}.
 *
 * <p>A part with options is an immutable <b>record</b>: its components are the options (see {@link
 * Options} for their types), its public constructor without arguments sets the defaults, its
 * compact constructor refuses values out of range. The registered instance is the prototype with
 * the defaults; a Blueprint's options make a new instance from it.
 */
public interface Part {

  /** Service property: the name by which a Blueprint asks for the part, lower case with dashes. */
  String NAME = "ketloom.part.name";

  /** Service property, optional: what the part does, in one line. */
  String DESCRIPTION = "ketloom.part.description";

  /** Service property of a description: the kind of part, as {@code ansatz}. */
  String KIND = "ketloom.part.kind";

  /**
   * Service property of a description: the version of the bundle that registers the part, an OSGi
   * {@code Version}, which filters compare as such.
   */
  String VERSION = "ketloom.part.version";

  /**
   * Service property of a description: the schema of the part's options, a JSON list of objects
   * with {@code name}, {@code type} (see {@link Options.Entry#type}), {@code default} and {@code
   * description}.
   */
  String OPTIONS = "ketloom.part.options";

  /** Service property of a description: symbolic name of the bundle that registers the part. */
  String BUNDLE = "ketloom.part.bundle";

  /**
   * Service property of a description: the hash of that bundle's content, which the provenance of
   * runs holds too; empty if it can't be read.
   */
  String SHA256 = "ketloom.part.sha256";
}
