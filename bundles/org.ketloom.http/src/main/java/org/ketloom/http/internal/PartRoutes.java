package org.ketloom.http.internal;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.stream.Stream;
import org.ketloom.api.part.Options;
import org.ketloom.runtime.health.Health;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;

/** What is registered, and whether all is well. */
final class PartRoutes {
  private final PartRegistry registry;
  private final Health health;
  private final JsonMapper mapper = new JsonMapper();

  PartRoutes(PartRegistry registry, Health health) {
    this.registry = registry;
    this.health = health;
  }

  Stream<Route> routes() {
    return Stream.of(
        new Route("GET", Router.ROOT + "/parts", (request, parameters) -> parts(request)),
        new Route("GET", Router.ROOT + "/health", (request, parameters) -> health()));
  }

  private Response parts(Request request) {
    String kind = request.query().getOrDefault("kind", "");
    ObjectNode node = mapper.createObjectNode();
    ArrayNode kinds = node.putArray("kinds");
    registry.kinds().forEach(k -> kinds.add(k.name()));
    ArrayNode list = node.putArray("parts");
    for (RegisteredPart part : registry.parts()) {
      if (kind.isEmpty() || kind.equals(part.kind().name())) {
        list.add(json(part));
      }
    }
    if (list.isEmpty() && registry.kinds().stream().noneMatch(k -> k.name().equals(kind))) {
      throw new Problem(
          404, "query.kind", "there is no kind \"" + kind + "\"; there is " + registry.kinds());
    }
    registry.refused().forEach(node.putArray("refused")::add);
    return Response.json(node);
  }

  private ObjectNode json(RegisteredPart part) {
    ObjectNode node = mapper.createObjectNode();
    node.put("kind", part.kind().name()).put("name", part.name());
    node.put("version", part.version().toString()).put("bundle", part.bundle());
    node.put("description", part.description());
    ArrayNode options = node.putArray("options");
    for (Options.Entry option : part.options()) {
      ObjectNode entry = options.addObject();
      entry.put("name", option.name()).put("type", option.type());
      entry.set("default", mapper.valueToTree(option.value()));
      entry.put("range", option.range()).put("description", option.description());
    }
    return node;
  }

  private Response health() {
    var findings = health.check();
    ObjectNode node = mapper.createObjectNode();
    node.put("worst", Health.worst(findings).toString());
    ArrayNode list = node.putArray("findings");
    for (Health.Finding finding : findings) {
      ObjectNode entry = list.addObject();
      entry.put("level", finding.level().toString()).put("check", finding.check());
      entry.put("message", finding.message());
    }
    return Response.json(node);
  }
}
