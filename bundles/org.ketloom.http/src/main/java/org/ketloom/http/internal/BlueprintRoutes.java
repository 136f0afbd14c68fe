package org.ketloom.http.internal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.stream.Stream;
import org.ketloom.api.model.Blueprint;
import org.ketloom.files.StrictJson;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.blueprint.MissingPart;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;

/** Blueprints: what they lack, and what they are with all defaults. */
final class BlueprintRoutes {
  private final Blueprints blueprints;
  private final Composer composer;

  BlueprintRoutes(Blueprints blueprints, Composer composer) {
    this.blueprints = blueprints;
    this.composer = composer;
  }

  Stream<Route> routes() {
    return Stream.of(
        new Route(
            "POST",
            Router.ROOT + "/blueprints/resolution",
            (request, parameters) -> resolution(request)));
  }

  private Response resolution(Request request) {
    Draft draft;
    ResolvedBlueprint resolved;
    try {
      draft = blueprints.parse(request.text(), "body");
      resolved = composer.resolve(draft);
    } catch (IllegalArgumentException e) {
      throw new Problem(422, "body", String.valueOf(e.getMessage()));
    }
    Readiness readiness = resolved.readiness();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("state", readiness.state().toString());
    ArrayNode missing = node.putArray("missing");
    for (MissingPart part : readiness.missing()) {
      ObjectNode entry = missing.addObject();
      entry.put("path", part.path()).put("kind", part.kind()).put("name", part.name());
      part.present().forEach(entry.putArray("present")::add);
      entry.put("message", part.toString());
    }
    if (readiness.missing().isEmpty()) {
      try {
        Blueprint complete = resolved.complete();
        node.set("blueprint", StrictJson.object(blueprints.json(complete), "blueprint"));
        node.put("fingerprint", blueprints.fingerprint(complete));
      } catch (IllegalArgumentException e) {
        throw new Problem(422, "body", String.valueOf(e.getMessage()));
      }
    }
    return Response.json(node);
  }
}
