/** Runs: training, resuming, drawing from them, looking at them, swapping parts in them. */
package org.ketloom.shell.internal.run;
