/** Expectation values of Pauli strings. */
@NullMarked
package org.ketloom.observable.pauli;

import org.jspecify.annotations.NullMarked;
