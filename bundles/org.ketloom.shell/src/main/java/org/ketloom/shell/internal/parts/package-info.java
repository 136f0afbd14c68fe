/** Parts: listing them, deploying plugins and writing them, downloading data. */
package org.ketloom.shell.internal.parts;
