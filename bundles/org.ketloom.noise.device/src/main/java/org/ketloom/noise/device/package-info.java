/** Noise of a calibrated device. */
@NullMarked
package org.ketloom.noise.device;

import org.jspecify.annotations.NullMarked;
