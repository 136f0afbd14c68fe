/**
 * Files and folders that are written whole or not at all, folders that are followed, JSON read
 * strictly, tensors in files, pictures and charts.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.4.0")
@org.jspecify.annotations.NullMarked
package org.ketloom.files;
