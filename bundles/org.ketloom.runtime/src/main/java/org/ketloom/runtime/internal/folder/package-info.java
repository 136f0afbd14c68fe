/**
 * A run on disk: which files its folder holds, the manifest, the lock, checkpoints, the loss log,
 * and the requests by which another process asks for a swap. Knows formats and what a killed
 * process leaves, and nothing of training. Of the rooms it uses {@code blueprint}, {@code parts}
 * and {@code text}.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.runtime.internal.folder;
