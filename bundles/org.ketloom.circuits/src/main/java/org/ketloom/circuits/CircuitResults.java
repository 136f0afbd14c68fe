package org.ketloom.circuits;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.engine.Gradients;

/**
 * What came out of a circuit.
 *
 * @param circuit what was evaluated
 * @param outputs row-major {@code [batch][outputs]}; not copied
 * @param gradients of the outputs, weighted with the cotangents; empty if there were none
 */
public record CircuitResults(Circuit circuit, double[] outputs, Optional<Gradients> gradients) {

  /**
   * The fields of these results in JSON: {@code outputs}, and, of what the circuit has, {@code
   * grad_x}, {@code grad_theta}, {@code grad_sample}, {@code grad_H_diag}, {@code grad_H_upper_re}
   * and {@code grad_H_upper_im}.
   */
  public List<String> fields() {
    return tree().properties().stream().map(field -> field.getKey()).toList();
  }

  /** The results as a JSON object, with a line per field. */
  public String toJson() {
    return CircuitFile.format(tree());
  }

  ObjectNode tree() {
    ObjectNode results = JsonNodeFactory.instance.objectNode();
    results.set("outputs", rows(outputs, circuit.outputs()));
    gradients.ifPresent(found -> put(results, found));
    return results;
  }

  private void put(ObjectNode results, Gradients found) {
    if (circuit.features() > 0) {
      results.set("grad_x", rows(found.features(), circuit.features()));
    }
    if (circuit.weights() > 0) {
      results.set("grad_theta", row(found.weights(), 0, circuit.weights()));
    }
    if (circuit.sampleAngles() > 0) {
      results.set("grad_sample", rows(found.sampleAngles(), circuit.sampleAngles()));
    }
    if (circuit.hermitianEntries() > 0) {
      ArrayNode diagonal = results.putArray("grad_H_diag");
      ArrayNode real = results.putArray("grad_H_upper_re");
      ArrayNode imaginary = results.putArray("grad_H_upper_im");
      for (Observable observable : circuit.observables()) {
        if (observable instanceof Observable.Hermitian hermitian) {
          int d = hermitian.dimension();
          int first = hermitian.firstEntry();
          double[] entries = found.hermitianEntries();
          diagonal.add(row(entries, first, d));
          real.add(upperTriangle(entries, first + d, d));
          imaginary.add(upperTriangle(entries, first + d + d * (d - 1) / 2, d));
        }
      }
    }
  }

  private static ArrayNode upperTriangle(double[] entries, int first, int dimension) {
    ArrayNode matrix = JsonNodeFactory.instance.arrayNode();
    int next = first;
    for (int i = 0; i < dimension; i++) {
      ArrayNode line = matrix.addArray();
      for (int j = 0; j < dimension; j++) {
        line.add(j > i ? entries[next++] : 0.0);
      }
    }
    return matrix;
  }

  /** Row-major values as a list of lists. */
  static ArrayNode rows(double[] values, int length) {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (int first = 0; first < values.length; first += length) {
      rows.add(row(values, first, length));
    }
    return rows;
  }

  static ArrayNode row(double[] values, int first, int length) {
    ArrayNode row = JsonNodeFactory.instance.arrayNode();
    for (int i = first; i < first + length; i++) {
      row.add(values[i]);
    }
    return row;
  }
}
