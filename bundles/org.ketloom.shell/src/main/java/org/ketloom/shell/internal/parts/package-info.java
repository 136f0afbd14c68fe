/** Parts: what there is, deploying plugins and writing them, downloading data. */
package org.ketloom.shell.internal.parts;
