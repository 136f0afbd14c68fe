/**
 * Tracks the services that are parts or engines, describes them, hashes the content of their
 * bundles, and keeps the leases of those that somebody is using. The gate is how the deployer
 * decides which of them the registry shows. Of the other packages here it uses {@code text} only.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.runtime.internal.parts;
