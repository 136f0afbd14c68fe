package org.ketloom.itests.plugin;

import java.util.Dictionary;
import java.util.Hashtable;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.NoiseModel;
import org.ketloom.api.part.Part;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Registers the part that the bundle's manifest asks for. */
public final class Activator implements BundleActivator {
  /** Header: name of the part. */
  public static final String NAME = "Test-Name";

  /** Header: kind of {@link Wave}, "model", or "noise-" and its strength. */
  public static final String KIND = "Test-Kind";

  /** System property that lets go of what a hostile part holds. */
  public static final String RELEASE = "ketloom.itests.release";

  @Override
  public void start(BundleContext context) {
    Dictionary<String, String> headers = context.getBundle().getHeaders();
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put(Part.NAME, headers.get(NAME));
    if (headers.get(KIND).equals("model")) {
      context.registerService(GenerativeModelFactory.class, new TinyModel(), properties);
    } else if (headers.get(KIND).startsWith("noise-")) {
      double strength = Double.parseDouble(headers.get(KIND).substring("noise-".length()));
      context.registerService(NoiseModel.class, new Dim(strength), properties);
    } else {
      context.registerService(Ansatz.class, new Wave(headers.get(KIND)), properties);
    }
  }

  @Override
  public void stop(BundleContext context) {
    // The framework withdraws the service.
    Wave.hostile(context.getBundle().getHeaders().get(KIND), true);
  }
}
