/** Files that are written whole or not at all, JSON read strictly, tensors in files, and charts. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.2.0")
@org.jspecify.annotations.NullMarked
package org.ketloom.files;
