/** Convolutions on a current oneDNN. */
@org.jspecify.annotations.NullMarked
package org.ketloom.convolution.onednn;
