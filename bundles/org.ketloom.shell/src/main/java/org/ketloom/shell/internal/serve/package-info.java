/** Containers that stay: compositions that are trained in the background, and their health. */
@org.jspecify.annotations.NullMarked
package org.ketloom.shell.internal.serve;
