package org.ketloom.metrics.onnx;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.error.InvalidInputException;
import org.ketloom.api.error.Remedy;
import org.ketloom.api.model.Progress;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.ketloom.metrics.FeatureNetwork;
import org.ketloom.metrics.FeatureNetworkProvider;
import org.osgi.service.component.annotations.Component;

/**
 * Features of a network in an ONNX file. With the 2048 pooled values of InceptionV3 the Fréchet
 * distance is the published FID, if the file's preparation of pixels is that of the published one.
 *
 * @param model the file
 * @param output name of the output that holds the features; empty for the first
 * @param low what the network expects for black
 * @param high what it expects for white
 * @param size rows and columns of its input; 0 for what the file says, or those of the images
 */
@Component(
    service = FeatureNetworkProvider.class,
    property = {
      Part.NAME + "=onnx",
      Part.DESCRIPTION + "=Features of a network in an ONNX file, such as InceptionV3"
    })
public record OnnxFeatures(
    @Option("the file") String model,
    @Option("name of the output that holds the features; empty for the first") String output,
    @Option(value = "what the network expects for black", range = "[-1000000,1000000]") double low,
    @Option(value = "what it expects for white", range = "[-1000000,1000000]") double high,
    @Option(
            value =
                "rows and columns of its input; 0 for what the file says, or those of the images",
            range = "[0,)")
        int size)
    implements FeatureNetworkProvider {

  /** Without a file, which has to be named. */
  public OnnxFeatures() {
    this("", "", -1, 1, 0);
  }

  /** Refuses black that is as white. */
  public OnnxFeatures {
    if (!(Double.isFinite(low) && Double.isFinite(high) && low != high)) {
      throw new IllegalArgumentException("low and high differ, found " + low + " and " + high);
    }
  }

  @Override
  public FeatureNetwork open(Dataset training, Dataset test, Progress progress) throws IOException {
    return open(test.shape());
  }

  FeatureNetwork open(ImageShape images) throws IOException {
    if (model.isBlank()) {
      throw new InvalidInputException(
          "features \"onnx\" need a file", new Remedy.SetFeatureOption("model", "inception.onnx"));
    }
    Path file = Path.of(model);
    if (!Files.isRegularFile(file)) {
      throw new IOException("there is no ONNX file " + file);
    }
    try {
      return new OnnxNetwork(this, images);
    } catch (OrtException e) {
      throw new IOException("ONNX file " + file + " can't be used: " + OnnxNetwork.firstLine(e), e);
    }
  }
}
