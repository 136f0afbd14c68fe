/** Routes, what guards them, and what stands behind each. */
@org.jspecify.annotations.NullMarked
package org.ketloom.http.internal;
