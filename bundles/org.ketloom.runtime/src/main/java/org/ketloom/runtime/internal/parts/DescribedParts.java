package org.ketloom.runtime.internal.parts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.Hashtable;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Registers every part of the registry as a service whose properties say what it is. */
@Component(
    immediate = true,
    service = {})
public final class DescribedParts {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");
  // A mapper would take longer to load than all the rest here, and this is done at every launch.
  private static final JsonFactory JSON = new JsonFactory();

  private final BundleContext context;
  private final PartRegistry registry;
  private final Runnable listener = this::changed;
  // By identity: whether two parts are equal is for the code of their plugins to say.
  private final Map<RegisteredPart, ServiceRegistration<RegisteredPart>> described =
      new IdentityHashMap<>();
  private final AtomicInteger changes = new AtomicInteger();
  private volatile boolean closed;

  /** Begins with the parts that are there. */
  @Activate
  public DescribedParts(BundleContext context, @Reference PartRegistry registry) {
    this.context = context;
    this.registry = registry;
    registry.addListener(listener);
    changed();
  }

  /** Withdraws all. */
  @Deactivate
  void close() {
    registry.removeListener(listener);
    closed = true;
    changed();
  }

  /**
   * Follows the registry. One thread at a time, and it holds no lock, for it tells whoever waits
   * for such services; changes that come meanwhile are left to it.
   */
  private void changed() {
    int seen = changes.incrementAndGet();
    if (seen > 1) {
      return;
    }
    while (seen > 0) {
      try {
        follow(closed ? List.of() : registry.parts());
      } catch (RuntimeException e) {
        LOG.log(closed ? Level.DEBUG : Level.WARNING, "parts can't be described", e);
      }
      seen = changes.addAndGet(-seen);
    }
  }

  private void follow(List<RegisteredPart> parts) {
    Set<RegisteredPart> now = Collections.newSetFromMap(new IdentityHashMap<>());
    now.addAll(parts);
    for (RegisteredPart part : List.copyOf(described.keySet())) {
      if (!now.contains(part)) {
        described.remove(part).unregister();
      }
    }
    for (RegisteredPart part : parts) {
      if (!described.containsKey(part)) {
        described.put(part, context.registerService(RegisteredPart.class, part, properties(part)));
      }
    }
  }

  private Hashtable<String, Object> properties(RegisteredPart part) {
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put(RegisteredPart.KIND, part.kind().toString());
    properties.put(Part.NAME, part.name());
    properties.put(Part.DESCRIPTION, part.description());
    properties.put(RegisteredPart.VERSION, part.version());
    properties.put(RegisteredPart.OPTIONS, schema(part.options()));
    properties.put(RegisteredPart.BUNDLE, part.bundle());
    return properties;
  }

  private static String schema(List<Options.Entry> options) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartArray();
      for (Options.Entry option : options) {
        json.writeStartObject();
        json.writeStringField("name", option.name());
        json.writeStringField("type", option.type());
        json.writeFieldName("default");
        write(json, option.value());
        json.writeStringField("range", option.range());
        json.writeStringField("description", option.description());
        json.writeEndObject();
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Object value) throws IOException {
    if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object item : list) {
        write(json, item);
      }
      json.writeEndArray();
    } else {
      json.writeObject(value);
    }
  }
}
