package org.ketloom.runtime;

import org.ketloom.api.engine.QuantumEngine;
import org.osgi.framework.Version;

/**
 * An engine that is there.
 *
 * @param version version of the bundle that registered it
 * @param bundle symbolic name of that bundle
 * @param serviceId OSGi service id, unique in the running framework
 * @param engine the engine
 */
public record RegisteredEngine(
    Version version, String bundle, long serviceId, QuantumEngine engine) {}
