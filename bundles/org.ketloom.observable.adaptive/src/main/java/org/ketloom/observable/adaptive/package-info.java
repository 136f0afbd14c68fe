/** Adaptive non-local observables, whose Hermitian matrices are learned. */
@NullMarked
package org.ketloom.observable.adaptive;

import org.jspecify.annotations.NullMarked;
