/** Containers that stay: compositions that are trained in the background, and their health. */
package org.ketloom.shell.internal.serve;
