/**
 * Latent flow: a circuit is the vector field that carries noise to an autoencoder's latents, beside
 * classical fields of its size.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.model.latentflow;
