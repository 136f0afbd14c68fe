package org.ketloom.itests.plugin;

import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/** A part of a kind that came with it. */
@Component(service = Noise.class, property = Part.NAME + "=depolarizing")
public record Depolarizing(@Option("errors in a thousand gates") int errors) implements Noise {

  /** The default. */
  public Depolarizing() {
    this(1);
  }

  /** Checks the range. */
  public Depolarizing {
    if (errors < 0 || errors > 1000) {
      throw new IllegalArgumentException("errors is 0 to 1000, found " + errors);
    }
  }

  @Override
  public double probability() {
    return errors / 1000.0;
  }
}
