package org.ketloom.itests.plugin;

import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/** A part of a kind that came with it. */
@Component(service = Blur.class, property = Part.NAME + "=gaussian")
public record GaussianBlur(@Option("mixed pixels in a thousand") int errors) implements Blur {

  /** The default. */
  public GaussianBlur() {
    this(1);
  }

  /** Checks the range. */
  public GaussianBlur {
    if (errors < 0 || errors > 1000) {
      throw new IllegalArgumentException("errors is 0 to 1000, found " + errors);
    }
  }

  @Override
  public double probability() {
    return errors / 1000.0;
  }
}
