/** How studies are read and run. */
@org.jspecify.annotations.NullMarked
package org.ketloom.study.internal;
