/**
 * A Blueprint from its JSON to a model: reading and checking it, finding its parts in the registry,
 * completing it, composing it. Of the rooms it uses {@code parts} and {@code text}.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.runtime.internal.blueprint;
