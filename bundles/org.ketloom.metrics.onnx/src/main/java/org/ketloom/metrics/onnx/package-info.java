/** Features of images by networks in ONNX files. */
@org.jspecify.annotations.NullMarked
package org.ketloom.metrics.onnx;
