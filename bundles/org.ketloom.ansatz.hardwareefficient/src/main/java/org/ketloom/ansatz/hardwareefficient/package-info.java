/** Hardware-efficient layers: rotations, then CNOTs between neighbors. */
@NullMarked
package org.ketloom.ansatz.hardwareefficient;

import org.jspecify.annotations.NullMarked;
