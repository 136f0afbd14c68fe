/**
 * Diffusion models: the hybrid U-Net with a circuit in its bottleneck, its controls, and jo2026.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.model.diffusion;
