package org.ketloom.itests.plugin;

import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/** A part that the check of its kind refuses. */
@Component(service = Blur.class, property = Part.NAME + "=overdone")
public record Overdone() implements Blur {
  @Override
  public double probability() {
    return 2;
  }
}
