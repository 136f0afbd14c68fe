/** Runs: training, resuming, drawing from them, looking at them, swapping parts in them. */
@org.jspecify.annotations.NullMarked
package org.ketloom.shell.internal.run;
