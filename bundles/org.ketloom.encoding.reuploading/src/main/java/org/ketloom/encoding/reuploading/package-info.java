/** Re-uploading encoding: features between the layers of the ansatz, with trainable scales. */
@NullMarked
package org.ketloom.encoding.reuploading;

import org.jspecify.annotations.NullMarked;
