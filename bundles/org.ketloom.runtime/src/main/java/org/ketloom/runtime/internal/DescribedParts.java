package org.ketloom.runtime.internal;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
import org.ketloom.runtime.PartRegistry;
import org.ketloom.runtime.RegisteredPart;
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
  private static final JsonMapper JSON = new JsonMapper();

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
    properties.put(Part.KIND, part.kind().toString());
    properties.put(Part.NAME, part.name());
    properties.put(Part.DESCRIPTION, part.description());
    properties.put(Part.VERSION, part.version());
    properties.put(Part.OPTIONS, schema(part.options()));
    properties.put(Part.BUNDLE, part.bundle());
    properties.put(Part.SHA256, registry.generation(part).sha256());
    return properties;
  }

  private static String schema(List<Options.Entry> options) {
    ArrayNode list = JSON.createArrayNode();
    for (Options.Entry option : options) {
      list.addObject()
          .put("name", option.name())
          .put("type", option.type())
          .putPOJO("default", option.value())
          .put("description", option.description());
    }
    return list.toString();
  }
}
