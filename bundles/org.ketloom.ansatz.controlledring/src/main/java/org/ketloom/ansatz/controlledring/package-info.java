/** An ansatz of rotations and a ring of controlled rotations. */
@NullMarked
package org.ketloom.ansatz.controlledring;

import org.jspecify.annotations.NullMarked;
