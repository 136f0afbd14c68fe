/**
 * LaSt-QGAN: an autoencoder, a quantum generator of its latents, a critic, and classical rivals.
 */
package org.ketloom.model.lastqgan;
