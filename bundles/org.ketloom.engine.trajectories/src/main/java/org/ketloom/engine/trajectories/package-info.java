/** Circuits with channels by sampled trajectories of pure states. */
@NullMarked
package org.ketloom.engine.trajectories;

import org.jspecify.annotations.NullMarked;
