package org.ketloom.api.part;

/**
 * What can be named in a Blueprint. A part is registered as a service of its kind ({@link
 * Encoding}, {@link Ansatz}, {@link ObservableHead}, ...) with the service property {@link #NAME}.
 *
 * <p>That is all that a plugin writes about the part's identity. What else there is to know can't
 * differ from what it describes, for it is the platform that sets them: for every part that may be
 * used it registers a second service, {@code org.ketloom.runtime.parts.RegisteredPart}, with the
 * name, the kind, the version, the schema of the options, the bundle and the hash of its content.
 * It comes and goes with the part; two versions of a part are two services. So an LDAP filter finds
 * a part, for example {@code
 * (&(ketloom.part.kind=ansatz)(ketloom.part.name=ladder)(ketloom.part.version>=1.2)(!(ketloom.part.version>=2)))}.
 *
 * <p>A part with options is an immutable <b>record</b>: its components are the options (see {@link
 * Options} for their types), each with an {@link Option} that describes it and gives the range of
 * its numbers; its public constructor without arguments gives the defaults, and its compact
 * constructor refuses what no range can say. A part with many options has a record of them as its
 * component, whose defaults stand at each option ({@link Options#defaults}): to a Blueprint they
 * are options of the part like any other. The registered instance is the prototype with the
 * defaults; a Blueprint's options make a new instance from it.
 */
public interface Part {

  /** Service property: the name by which a Blueprint asks for the part, lower case with dashes. */
  String NAME = "ketloom.part.name";

  /** Service property, optional: what the part does, in one line. */
  String DESCRIPTION = "ketloom.part.description";

  /** The form of a part's name, and of a kind's: lower case with dashes. */
  String NAME_PATTERN = "[a-z0-9]+(-[a-z0-9]+)*";
}
