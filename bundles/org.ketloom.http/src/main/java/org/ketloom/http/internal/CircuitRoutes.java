package org.ketloom.http.internal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.ketloom.api.engine.ExecutionPlan;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.circuits.CircuitDrawing;
import org.ketloom.circuits.CircuitFile;
import org.ketloom.circuits.CircuitLatex;
import org.ketloom.circuits.CircuitSvg;
import org.ketloom.circuits.OpenQasm;
import org.ketloom.files.StrictJson;
import org.ketloom.runtime.blueprint.Composer;

/** Circuits in JSON, as {@link CircuitFile} reads them: drawn, exported, planned, evaluated. */
final class CircuitRoutes {
  private static final int WIDEST = 100_000;

  private final Composer composer;

  CircuitRoutes(Composer composer) {
    this.composer = composer;
  }

  Stream<Route> routes() {
    String circuits = Router.ROOT + "/circuits";
    return Stream.of(
        new Route("POST", circuits + "/drawing", (request, parameters) -> drawing(request)),
        new Route("POST", circuits + "/qasm", (request, parameters) -> qasm(request)),
        new Route("POST", circuits + "/plan", (request, parameters) -> plan(request)),
        new Route("POST", circuits + "/evaluation", (request, parameters) -> evaluation(request)));
  }

  private static CircuitFile circuit(Request request) {
    try {
      return CircuitFile.parse(request.text(), "body");
    } catch (IllegalArgumentException e) {
      throw new Problem(422, "body", String.valueOf(e.getMessage()));
    }
  }

  private Response drawing(Request request) {
    CircuitFile file = circuit(request);
    String format = request.query().getOrDefault("format", "svg");
    int width = request.number("width", 0, 0, WIDEST);
    return switch (format) {
      case "svg" -> Response.text("image/svg+xml", CircuitSvg.draw(file.circuit(), width));
      case "latex" ->
          Response.text("text/plain; charset=utf-8", CircuitLatex.write(file.circuit()));
      case "text" ->
          Response.text(
              "text/plain; charset=utf-8",
              CircuitDrawing.unicode().draw(file.circuit(), width == 0 ? WIDEST : width));
      default ->
          throw new Problem(
              400, "query.format", "format takes svg, latex, text, found \"" + format + "\"");
    };
  }

  private Response qasm(Request request) {
    return Response.text("text/plain; charset=utf-8", OpenQasm.write(circuit(request).circuit()));
  }

  private QuantumEngine engine(Request request) {
    return composer.engine(Optional.ofNullable(request.query().get("engine")), Map.of());
  }

  private static Precision precision(Request request) {
    String name = request.query().getOrDefault("precision", "double");
    return switch (name) {
      case "double" -> Precision.DOUBLE;
      case "single" -> Precision.SINGLE;
      default ->
          throw new Problem(
              400, "query.precision", "precision takes double, single, found \"" + name + "\"");
    };
  }

  private Response plan(Request request) {
    int batch = request.number("batch", 32, 1, 1_000_000);
    ExecutionPlan plan =
        engine(request).compile(circuit(request).circuit(), precision(request)).plan();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("kernels", plan.kernels()).put("flopsPerSample", plan.flops());
    node.put("batch", batch).put("leastBytes", plan.leastBytes(batch));
    ArrayNode lines = node.putArray("lines");
    plan.lines(batch).forEach(lines::add);
    return Response.json(node);
  }

  private Response evaluation(Request request) {
    String json = circuit(request).evaluate(engine(request), precision(request)).toJson();
    return Response.json(StrictJson.object(json, "results"));
  }
}
