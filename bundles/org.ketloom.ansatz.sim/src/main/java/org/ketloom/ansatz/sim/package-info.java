/** The nineteen circuits that Sim, Johnson and Aspuru-Guzik compared. */
@NullMarked
package org.ketloom.ansatz.sim;

import org.jspecify.annotations.NullMarked;
