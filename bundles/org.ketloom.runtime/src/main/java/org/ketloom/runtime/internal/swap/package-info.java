/**
 * Exchanges the parts of a run: finds what has become newer, composes and proves a candidate beside
 * the run, and keeps on disk what a swap by hand replaced. Of the rooms it uses {@code folder},
 * {@code blueprint} and {@code parts}.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.runtime.internal.swap;
