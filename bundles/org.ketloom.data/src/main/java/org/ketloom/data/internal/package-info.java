/** The datasets, and readers of their files. */
@org.jspecify.annotations.NullMarked
package org.ketloom.data.internal;
