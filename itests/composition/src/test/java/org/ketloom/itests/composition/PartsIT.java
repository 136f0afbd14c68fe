package org.ketloom.itests.composition;

import static org.junit.Assert.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.support.Services;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/** The parts' features alone, without numerics or models: every part's service appears. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class PartsIT {
  private final Services services = new Services(PartsIT.class);

  @Configuration
  public static Option[] container() {
    return CoreOptions.options(
        Container.base(), Container.features("core", "encodings", "ansaetze", "observables"));
  }

  @Test
  public void everyPartOfTheFeaturesIsThere() {
    expect(Encoding.class, Variants.ENCODINGS);
    expect(Ansatz.class, Variants.ANSAETZE);
    expect(ObservableHead.class, Variants.HEADS);
    services.await(QuantumEngine.class);
  }

  @Test
  public void noBundleFailsAndNoComponentWaits() {
    everyPartOfTheFeaturesIsThere();
    assertEquals("all bundles run, and all components are satisfied", services.diagnosis());
  }

  private <P extends Part> void expect(
      Class<P> kind, Map<String, List<Map<String, Object>>> variants) {
    for (var variant : new TreeMap<>(variants).entrySet()) {
      P part = services.await(kind, "(" + Part.NAME + "=" + variant.getKey() + ")");
      for (Map<String, Object> options : variant.getValue()) {
        Map<String, Object> values = Options.values(Options.with(part, variant.getKey(), options));
        options.forEach(
            (name, value) ->
                assertEquals(variant.getKey() + " " + name, plain(value), plain(values.get(name))));
      }
    }
    assertEquals(
        "a part without variants here isn't tested",
        List.copyOf(new TreeMap<>(variants).keySet()),
        services.property(kind, Part.NAME));
  }

  private static String plain(Object value) {
    return value instanceof Number n
        ? Double.toString(n.doubleValue())
        : String.valueOf(value).replaceAll("[\\[\\]]", "");
  }
}
