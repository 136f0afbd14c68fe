package org.ketloom.convolution.onednn;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.convolution.Convolution;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.api.convolution.ConvolutionShape;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Convolutions on oneDNN, which takes the best instructions that the processor has. Its native code
 * is unpacked into the cache and loaded when it is first asked for.
 */
@Component(
    service = ConvolutionEngine.class,
    property = {Part.NAME + "=onednn", Part.DESCRIPTION + "=Convolutions on oneDNN 3"})
public final class OneDnnEngine implements ConvolutionEngine {
  /** The processor as oneDNN sees it, or why it can't. */
  private record Loaded(long engine, Optional<String> fault) {}

  private @Nullable Loaded loaded;

  @Override
  public Optional<String> fault() {
    return load().fault();
  }

  @Override
  public Convolution prepare(ConvolutionShape shape) {
    Loaded here = load();
    if (here.fault().isPresent()) {
      throw new IllegalStateException("convolution \"onednn\": " + here.fault().get());
    }
    return new OneDnnConvolution(here.engine(), shape);
  }

  private synchronized Loaded load() {
    if (loaded == null) {
      loaded = loadNow();
    }
    return loaded;
  }

  private static Loaded loadNow() {
    try {
      OneDnn.bind(NativeLibraries.unpack());
      long[] engine = new long[1];
      OneDnn.check("engine", OneDnn.dnnl_engine_create(engine, OneDnn.CPU, 0));
      return new Loaded(engine[0], Optional.empty());
    } catch (IOException e) {
      return new Loaded(
          0,
          Optional.of(
              "its native code can't be unpacked ("
                  + e
                  + "); set KETLOOM_CACHE to a folder that can be written"));
    } catch (UnsupportedOperationException | IllegalStateException | LinkageError e) {
      return new Loaded(0, Optional.of(String.valueOf(e.getMessage())));
    }
  }
}
