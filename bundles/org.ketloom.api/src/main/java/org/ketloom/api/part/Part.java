package org.ketloom.api.part;

/**
 * What can be named in a Blueprint. A part is registered as a service of its kind ({@link
 * Encoding}, {@link Ansatz}, {@link ObservableHead}, ...) with the service property {@link #NAME}.
 *
 * <p>That is all that a plugin writes about the part's identity. Its kind is the interface (service
 * property {@code objectClass}), its version that of its bundle (found by {@code
 * service.bundleid}), and the schema of its options the components of the record: properties that
 * repeated these could only differ from them.
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
}
