package org.ketloom.runtime.parts;

import org.ketloom.api.engine.QuantumEngine;
import org.osgi.framework.Version;

/**
 * An engine that is there.
 *
 * @param name its name, {@link org.ketloom.api.part.Part#NAME}; its bundle's where it has none
 * @param version version of the bundle that registered it
 * @param bundle symbolic name of that bundle
 * @param serviceId OSGi service id, unique in the running framework
 * @param engine the engine
 */
public record RegisteredEngine(
    String name, Version version, String bundle, long serviceId, QuantumEngine engine) {}
