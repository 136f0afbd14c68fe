package org.ketloom.api.model;

/**
 * A place in a model that a part fills.
 *
 * @param name the slot's name in the Blueprint's {@code parts}
 * @param kind the kind of part that fits
 * @param preset the part that fills it when the Blueprint says nothing
 */
public record Slot(String name, PartKind kind, PartSelection preset) {}
