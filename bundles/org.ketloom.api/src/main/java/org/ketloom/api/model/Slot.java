package org.ketloom.api.model;

import org.ketloom.api.part.PartKind;

/**
 * A place in a model that a part fills.
 *
 * @param name the slot's name in the Blueprint's {@code parts}
 * @param kind the kind of part that fits
 * @param defaultPart the part that fills it when the Blueprint says nothing
 */
public record Slot(String name, PartKind kind, PartSelection defaultPart) {}
