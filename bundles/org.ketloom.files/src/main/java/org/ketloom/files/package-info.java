/** Files that are written whole or not at all, and the format of tensors in files. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.ketloom.files;
