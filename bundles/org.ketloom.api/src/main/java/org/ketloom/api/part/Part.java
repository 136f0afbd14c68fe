package org.ketloom.api.part;

/**
 * What can be named in a Blueprint. A part is registered as a service of its kind ({@link
 * Encoding}, {@link Ansatz}, {@link ObservableHead}, ...) with the service property {@link #NAME};
 * its version is that of its bundle.
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
