/**
 * An autoencoder for models that learn the distribution of its latents: its training, the cache
 * that runs share it by, and the latents of images.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.ketloom.latent;
