/** An ansatz of one-dimensional cluster-state mixing layers. */
@NullMarked
package org.ketloom.ansatz.clusterstate;

import org.jspecify.annotations.NullMarked;
