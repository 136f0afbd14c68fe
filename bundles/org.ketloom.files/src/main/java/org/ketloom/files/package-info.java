/**
 * Files that are written whole or not at all, folders that are followed, JSON read strictly,
 * tensors in files, and charts.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.3.0")
@org.jspecify.annotations.NullMarked
package org.ketloom.files;
