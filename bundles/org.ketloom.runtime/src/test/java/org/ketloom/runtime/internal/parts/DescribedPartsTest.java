package org.ketloom.runtime.internal.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.ketloom.runtime.parts.RegisteredPart;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;
import org.osgi.framework.launch.Framework;

/** Descriptions in a framework of their own, found by filters. */
@Timeout(60)
class DescribedPartsTest {
  @TempDir Path folder;
  private Framework framework;
  private BundleContext context;
  private TrackedParts parts;
  private DescribedParts described;

  @BeforeEach
  void start() throws Exception {
    framework =
        new FrameworkFactory()
            .newFramework(
                Map.of(Constants.FRAMEWORK_STORAGE, folder.toString(), "felix.log.level", "0"));
    framework.start();
    context = framework.getBundleContext();
    parts = new TrackedParts(context);
    described = new DescribedParts(context, parts);
  }

  @AfterEach
  void stop() throws Exception {
    parts.close();
    framework.stop();
    framework.waitForStop(10_000);
  }

  /** A bundle of nothing but its manifest; the test registers its services. */
  private Bundle bundle(String location, String version) throws IOException, BundleException {
    Manifest manifest = new Manifest();
    Attributes headers = manifest.getMainAttributes();
    headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
    headers.putValue(Constants.BUNDLE_SYMBOLICNAME, "example.layers");
    headers.putValue(Constants.BUNDLE_VERSION, version);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new JarOutputStream(out, manifest).close();
    Bundle bundle =
        context.installBundle(location + version, new ByteArrayInputStream(out.toByteArray()));
    bundle.start();
    return bundle;
  }

  private static <P extends Part> ServiceRegistration<P> register(
      Bundle bundle, Class<P> kind, String name, P part) {
    return bundle
        .getBundleContext()
        .registerService(
            kind, part, new Hashtable<>(Map.of(Part.NAME, name, Part.DESCRIPTION, "What it does")));
  }

  private Collection<ServiceReference<RegisteredPart>> find(String filter)
      throws InvalidSyntaxException {
    return context.getServiceReferences(RegisteredPart.class, filter);
  }

  private List<String> versions(String filter) throws InvalidSyntaxException {
    return find(filter).stream()
        .map(r -> r.getProperty(RegisteredPart.VERSION).toString())
        .sorted()
        .toList();
  }

  @Test
  void aDescriptionSaysWhatThePartIs() throws Exception {
    ServiceRegistration<Ansatz> registration =
        register(bundle("test:", "1.2.0"), Ansatz.class, "layers", new Fakes.Layers());
    ServiceReference<RegisteredPart> found = find(null).iterator().next();
    assertEquals("ansatz", found.getProperty(RegisteredPart.KIND));
    assertEquals("layers", found.getProperty(Part.NAME));
    assertEquals("What it does", found.getProperty(Part.DESCRIPTION));
    assertEquals(new Version(1, 2, 0), found.getProperty(RegisteredPart.VERSION));
    assertEquals("example.layers", found.getProperty(RegisteredPart.BUNDLE));
    assertEquals(
        "[{\"name\":\"repeats\",\"type\":\"int\",\"default\":1,\"range\":\"\",\"description\":\"\"}]",
        found.getProperty(RegisteredPart.OPTIONS));
    RegisteredPart part = context.getService(found);
    assertEquals(registration.getReference().getProperty(Constants.SERVICE_ID), part.serviceId());
    registration.setProperties(new Hashtable<>(Map.of(Part.NAME, "other")));
    assertEquals(1, find(null).size());
    assertEquals(1, find("(" + Part.NAME + "=other)").size());
    registration.unregister();
    assertEquals(List.of(), versions(null));
  }

  enum Shape {
    LINE,
    OPEN_RING
  }

  record Choices(
      @Option("with \"quotes\"") boolean on,
      long count,
      double rate,
      String text,
      Shape shape,
      List<Integer> wires,
      List<String> names)
      implements Encoding {
    @Override
    public int capacity(int wires) {
      return wires;
    }

    @Override
    public void append(CircuitBuilder circuit, Angles features) {}
  }

  @Test
  void theSchemaIsJson() throws Exception {
    register(
        bundle("test:", "1.0.0"),
        Encoding.class,
        "choices",
        new Choices(true, 1L << 40, 0.5, null, Shape.OPEN_RING, List.of(0, 2), List.of("a")));
    JsonNode schema =
        new JsonMapper()
            .readTree((String) find(null).iterator().next().getProperty(RegisteredPart.OPTIONS));
    assertEquals(
        "[\"boolean\",\"long\",\"double\",\"text\",\"line|open-ring\",\"list of integer\","
            + "\"list of string\"]",
        all(schema, "type"));
    assertEquals(
        "[true,1099511627776,0.5,null,\"open-ring\",[0,2],[\"a\"]]", all(schema, "default"));
    assertEquals("with \"quotes\"", schema.get(0).get("description").asText());
  }

  private static String all(JsonNode list, String field) {
    ArrayNode found = new JsonMapper().createArrayNode();
    list.forEach(entry -> found.add(entry.get(field)));
    return found.toString();
  }

  @Test
  void filtersTellVersionsApart() throws Exception {
    register(bundle("test:", "1.2.0"), Ansatz.class, "layers", new Fakes.Layers());
    Bundle young = bundle("test:", "1.10.0");
    register(young, Ansatz.class, "layers", new Fakes.Turned());
    register(young, Encoding.class, "turn", new Fakes.Turn());
    String name = "(" + Part.NAME + "=layers)";
    assertEquals(List.of("1.10.0", "1.2.0"), versions(name));
    assertEquals(
        List.of("1.10.0"), versions("(&" + name + "(" + RegisteredPart.VERSION + ">=1.3))"));
    assertEquals(
        List.of("1.2.0"), versions("(&" + name + "(!(" + RegisteredPart.VERSION + ">=1.3)))"));
    assertEquals(
        List.of("1.2.0"),
        versions(
            "(&"
                + name
                + new VersionRange("[1,1.5)").toFilterString(RegisteredPart.VERSION)
                + ")"));
    assertEquals(List.of("1.10.0"), versions("(" + RegisteredPart.KIND + "=encoding)"));
    young.uninstall();
    assertEquals(List.of("1.2.0"), versions(null));
  }

  @Test
  void whatIsOnTrialOrHiddenIsntDescribed() throws Exception {
    Bundle trial = bundle(PartGate.TRIAL, "1.0.0");
    register(trial, Ansatz.class, "layers", new Fakes.Layers());
    assertEquals(List.of(), versions(null));
    List<Integer> events = new ArrayList<>();
    context.addServiceListener(
        event -> events.add(event.getType()),
        "(" + Constants.OBJECTCLASS + "=" + RegisteredPart.class.getName() + ")");
    parts.admit(
        List.of(trial.getRegisteredServices()), List.of(trial), List.of(), Duration.ofSeconds(20));
    assertEquals(List.of("1.0.0"), versions(null));
    // A change of anything else doesn't touch it.
    register(bundle("test:", "2.0.0"), Encoding.class, "Not A Name", new Fakes.Turn());
    assertEquals(List.of(ServiceEvent.REGISTERED), events);
    parts.hide(trial);
    assertEquals(List.of(), versions(null));
    parts.show(trial);
    assertEquals(List.of("1.0.0"), versions(null));
    described.close();
    assertEquals(List.of(), versions(null));
  }

  /** Somebody who registers a part because another one came. */
  @Test
  void aPartThatComesWhileOthersAreDescribedIsDescribedToo() throws Exception {
    Bundle bundle = bundle("test:", "1.0.0");
    context.addServiceListener(
        event -> {
          if (event.getServiceReference().getProperty(RegisteredPart.KIND).equals("encoding")) {
            register(bundle, Ansatz.class, "layers", new Fakes.Layers());
          }
        },
        "(" + Constants.OBJECTCLASS + "=" + RegisteredPart.class.getName() + ")");
    register(bundle, Encoding.class, "turn", new Fakes.Turn());
    List<String> names =
        find(null).stream().map(r -> (String) r.getProperty(Part.NAME)).sorted().toList();
    assertEquals(List.of("layers", "turn"), names);
  }
}
