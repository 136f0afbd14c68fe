/** Features of images by networks in ONNX files. */
package org.ketloom.metrics.onnx;
