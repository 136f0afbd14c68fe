/** Parts: listing them, deploying plugins and writing them, downloading data. */
@org.jspecify.annotations.NullMarked
package org.ketloom.shell.internal.parts;
