/** The datasets, and readers of their files. */
package org.ketloom.data.internal;
