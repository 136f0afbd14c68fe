/**
 * LaSt-QGAN: an autoencoder, a quantum generator of its latents, a critic, and classical rivals.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.model.lastqgan;
