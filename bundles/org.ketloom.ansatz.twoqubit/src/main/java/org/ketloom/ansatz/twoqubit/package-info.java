/** An ansatz of general two-qubit blocks. */
@NullMarked
package org.ketloom.ansatz.twoqubit;

import org.jspecify.annotations.NullMarked;
