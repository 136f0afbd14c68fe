package org.ketloom.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Part;
import org.ketloom.engine.statevector.StateVectorEngine;
import org.ketloom.tck.Finding.Check;

class ConformanceTest {
  private static final QuantumEngine ENGINE = new StateVectorEngine();

  private final Conformance conformance = new Conformance(ENGINE, Duration.ofMillis(500));

  /** Appends one layer of rotations; what a test needs otherwise it overrides. */
  private abstract static class Rotations implements Ansatz {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers, wires);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      for (int layer = 0; layer < layers; layer++) {
        for (int wire = 0; wire < circuit.wires(); wire++) {
          circuit.rx(wire, angles.at(layer, wire));
        }
      }
    }
  }

  private static final class Sound extends Rotations {}

  private void finds(Part part, Check check, String... words) {
    List<Finding> findings = conformance.check(part);
    assertEquals(
        List.of(check), findings.stream().map(Finding::check).toList(), findings::toString);
    for (String word : words) {
      assertTrue(findings.get(0).message().contains(word), findings::toString);
    }
  }

  @Test
  void soundPartsPass() {
    conformance.require(new Sound());
    conformance.require(
        new Encoding() {
          @Override
          public int capacity(int wires) {
            return wires;
          }

          @Override
          public void append(CircuitBuilder circuit, Angles features) {
            for (int i = 0; i < features.size(); i++) {
              circuit.ry(i, features.at(i));
            }
          }
        });
    conformance.require(
        new ObservableHead() {
          @Override
          public int outputs(int wires) {
            return 2;
          }

          @Override
          public void append(CircuitBuilder circuit) {
            circuit.expectHermitian(0).expect(PauliTerm.of(Pauli.Y, 0));
          }
        });
    assertEquals(List.of(), conformance.checkEngine());
  }

  @Test
  void aShapeThatIsTooLargeIsFound() {
    finds(
        new Rotations() {
          @Override
          public List<Integer> angleShape(int wires, int layers) {
            return List.of(layers, wires, 2);
          }

          @Override
          public void append(CircuitBuilder circuit, int layers, Angles angles) {
            for (int layer = 0; layer < layers; layer++) {
              for (int wire = 0; wire < circuit.wires(); wire++) {
                circuit.rx(wire, angles.at(layer, wire, 0));
              }
            }
          }
        },
        Check.SHAPE,
        "(1 layer on 1 wire) says 1x1x2 = 2 angles, but append reads 1 of them; never read: 1");
  }

  @Test
  void aShapeThatIsTooSmallIsFound() {
    finds(
        new Rotations() {
          @Override
          public List<Integer> angleShape(int wires, int layers) {
            return List.of(layers, Math.min(wires, 2));
          }
        },
        Check.SHAPE,
        "append(1 layer on 3 wires) with the 2 angles of angleShape [1, 2] was refused",
        "no angle at [0, 2]");
  }

  @Test
  void weightsOfItsOwnAreFound() {
    finds(
        new Rotations() {
          @Override
          public void append(CircuitBuilder circuit, int layers, Angles angles) {
            super.append(circuit, layers, angles);
            circuit.weights(2);
          }
        },
        Check.SHAPE,
        "declares 1 blocks of angles of its own");
  }

  @Test
  void aCircuitThatChangesIsFound() {
    AtomicInteger calls = new AtomicInteger();
    finds(
        new Rotations() {
          @Override
          public void append(CircuitBuilder circuit, int layers, Angles angles) {
            super.append(circuit, layers, angles);
            if (calls.incrementAndGet() % 2 == 0) {
              circuit.h(0);
            }
          }
        },
        Check.REPEATABLE,
        "gave two different circuits for the same arguments",
        "gates");
  }

  @Test
  void aPartThatLooksAtTheWholeCircuitIsFound() {
    finds(
        new Rotations() {
          @Override
          public void append(CircuitBuilder circuit, int layers, Angles angles) {
            super.append(circuit, layers, angles);
            if (angles.first() > 0) {
              circuit.x(0);
            }
          }
        },
        Check.REPEATABLE,
        "on a view of wires [1]: expected 2 gates, found 3");
  }

  @Test
  void aCallThatNeverReturnsIsFoundWithItsPlace() {
    finds(
        new Rotations() {
          @Override
          public List<Integer> angleShape(int wires, int layers) {
            while (wires == 2) {
              Thread.onSpinWait();
            }
            return super.angleShape(wires, layers);
          }
        },
        Check.TIME,
        "angleShape(1 layer on 2 wires) didn't return within 500 ms; it was at ",
        "ConformanceTest");
  }

  @Test
  void whatAppendsForEverIsEnded() throws InterruptedException {
    AtomicReference<Thread> caller = new AtomicReference<>();
    AtomicInteger gates = new AtomicInteger();
    finds(
        new Rotations() {
          @Override
          public void append(CircuitBuilder circuit, int layers, Angles angles) {
            caller.set(Thread.currentThread());
            while (true) {
              circuit.rx(0, angles.at(0, 0));
              gates.incrementAndGet();
            }
          }
        },
        Check.TIME,
        "didn't return within 500 ms");
    caller.get().join(10_000);
    assertFalse(caller.get().isAlive(), () -> "it goes on after " + gates + " gates");
  }

  @Test
  void anExceptionIsFoundWithItsPlace() {
    finds(
        new Rotations() {
          @Override
          public List<Integer> angleShape(int wires, int layers) {
            return List.of(layers, 6 / (wires - 2));
          }
        },
        Check.SHAPE,
        "-6");
    finds(
        new Rotations() {
          @Override
          public void append(CircuitBuilder circuit, int layers, Angles angles) {
            throw new IllegalStateException("no idea");
          }
        },
        Check.EXCEPTION,
        "append(1 layer on 1 wire) threw java.lang.IllegalStateException: no idea at ");
  }

  @Test
  void aCapacityThatIsWrongIsFound() {
    record Wide(int more) implements Encoding {
      @SuppressWarnings("unused")
      Wide() {
        this(0);
      }

      @Override
      public int capacity(int wires) {
        return wires + more;
      }

      @Override
      public void append(CircuitBuilder circuit, Angles features) {
        for (int i = 0; i < features.size(); i++) {
          circuit.ry(i, features.at(i));
        }
      }
    }
    finds(
        new Wide(1), Check.SHAPE, "append(2 features on 1 wire), within the capacity, was refused");
  }

  @Test
  void aFeatureThatIsDroppedIsFound() {
    finds(
        new Encoding() {
          @Override
          public int capacity(int wires) {
            return wires;
          }

          @Override
          public void append(CircuitBuilder circuit, Angles features) {
            for (int i = 0; i < Math.min(features.size(), 2); i++) {
              circuit.ry(i, features.at(i));
            }
          }
        },
        Check.SHAPE,
        "(2 wires) says 2 features, but append takes 3 without an IllegalArgumentException");
  }

  /** Scales its features by weights, wrongly in one way or none. */
  private record Scaled(Fault fault) implements Encoding {
    enum Fault {
      NONE,
      A_WEIGHT_UNREAD,
      NO_UPLOAD,
      NOT_WHAT_IT_IS_WITHOUT,
      OTHER_GATES_PER_SAMPLE
    }

    @SuppressWarnings("unused")
    Scaled() {
      this(Fault.NONE);
    }

    @Override
    public int capacity(int wires) {
      return wires;
    }

    @Override
    public int uploads(int layers) {
      return fault == Fault.NO_UPLOAD ? 0 : layers;
    }

    @Override
    public List<Integer> weightShape(int wires, int features) {
      return List.of(fault == Fault.A_WEIGHT_UNREAD ? features + 1 : features);
    }

    @Override
    public void append(CircuitBuilder circuit, Angles features) {
      for (int i = 0; i < features.size(); i++) {
        circuit.ry(i, features.at(i));
      }
    }

    @Override
    public void append(CircuitBuilder circuit, Angles features, Angles weights) {
      double one = fault == Fault.NOT_WHAT_IT_IS_WITHOUT ? 0 : 1;
      for (int i = 0; i < features.size(); i++) {
        Angle angle = features.at(i).times(weights.at(i).plus(one));
        if (fault == Fault.OTHER_GATES_PER_SAMPLE && weights.source() == Angle.Source.SAMPLE) {
          circuit.rx(i, angle);
        } else {
          circuit.ry(i, angle);
        }
      }
    }
  }

  @Test
  void anEncodingMayHaveWeights() {
    assertEquals(List.of(), conformance.check(new Scaled(Scaled.Fault.NONE)));
  }

  @Test
  void weightsOfAnEncodingThatAreWrongAreFound() {
    finds(
        new Scaled(Scaled.Fault.A_WEIGHT_UNREAD),
        Check.SHAPE,
        "append(1 feature on 1 wire, weights) reads 1 of the 2 weights; never read: 1");
    finds(
        new Scaled(Scaled.Fault.NO_UPLOAD),
        Check.SHAPE,
        "uploads(1 layer) gave 0, expected at least 1");
    finds(
        new Scaled(Scaled.Fault.NOT_WHAT_IT_IS_WITHOUT),
        Check.SHAPE,
        "with all weights at 0 isn't what append(features) gives");
    finds(
        new Scaled(Scaled.Fault.OTHER_GATES_PER_SAMPLE),
        Check.REPEATABLE,
        "gave other gates for angles per sample than for weights");
  }

  @Test
  void outputsThatAreWrongAreFound() {
    finds(
        new ObservableHead() {
          @Override
          public int outputs(int wires) {
            return wires;
          }

          @Override
          public void append(CircuitBuilder circuit) {
            circuit.expect(PauliTerm.of(Pauli.Z, 0));
          }
        },
        Check.SHAPE,
        "outputs(2 wires) says 2, but append reads 1");
  }

  record Repeats(int repeats) implements Ansatz {
    Repeats() {
      this(1);
    }

    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers, repeats, wires);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      for (int layer = 0; layer < layers; layer++) {
        for (int repeat = 0; repeat < repeats; repeat++) {
          for (int wire = 0; wire < circuit.wires(); wire++) {
            circuit.rx(wire, angles.at(layer, repeat, wire));
          }
        }
      }
    }
  }

  record NoDefaults(int repeats) implements Ansatz {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return new Sound().angleShape(wires, layers);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      new Sound().append(circuit, layers, angles);
    }
  }

  @Test
  void optionsThatAreNotValidatedAreFound() {
    finds(
        new Repeats(),
        Check.OPTIONS,
        "option \"repeats\" = -1 is accepted, but then angleShape(2 layers on 2 wires) gave [2, -1,"
            + " 2], expected sizes of at least 0");
    finds(new NoDefaults(1), Check.OPTIONS, "no constructor without arguments");
  }

  /** The engine's evaluation, right or with one fault. */
  private record Changed(Evaluation evaluation, boolean updates, double weightsTimes)
      implements Evaluation {
    @Override
    public double[] outputs() {
      return evaluation.outputs();
    }

    @Override
    public Gradients vjp(double[] cotangents) {
      Gradients g = evaluation.vjp(cotangents);
      double[] weights = Arrays.stream(g.weights()).map(w -> weightsTimes * w).toArray();
      return new Gradients(g.features(), weights, g.sampleAngles(), g.hermitianEntries());
    }

    @Override
    public void update(Inputs inputs) {
      if (updates) {
        evaluation.update(inputs);
      }
    }
  }

  @Test
  void anEngineWithWrongGradientsIsFound() {
    List<Finding> findings =
        new Conformance(engine(e -> new Changed(e, true, 1.001))).checkEngine();
    assertEquals(1, findings.size(), findings::toString);
    assertEquals(Check.GRADIENTS, findings.get(0).check());
    assertTrue(
        findings.get(0).message().startsWith("the gradient of weight 0 in the circuit of RX with"),
        findings::toString);
    assertTrue(findings.get(0).message().contains("finite differences give"), findings::toString);
  }

  @Test
  void anEngineWhoseEvaluationsKeepTheirFirstInputsIsFound() {
    assertEquals(List.of(), new Conformance(engine(e -> new Changed(e, true, 1))).checkEngine());
    List<Finding> findings = new Conformance(engine(e -> new Changed(e, false, 1))).checkEngine();
    assertEquals(1, findings.size(), findings::toString);
    assertEquals(Check.GRADIENTS, findings.get(0).check());
    assertTrue(
        findings.get(0).message().contains("that is used again gives a gradient of"),
        findings::toString);
  }

  /** The engine with other evaluations. */
  private static QuantumEngine engine(UnaryOperator<Evaluation> change) {
    return circuit -> {
      Program program = ENGINE.compile(circuit);
      return new Program() {
        @Override
        public Circuit circuit() {
          return circuit;
        }

        @Override
        public double[] values(Inputs inputs) {
          return program.values(inputs);
        }

        @Override
        public Evaluation evaluate(Inputs inputs) {
          return change.apply(program.evaluate(inputs));
        }
      };
    };
  }

  @Test
  void requireListsWhatIsWrong() {
    String message =
        assertThrows(AssertionError.class, () -> conformance.require(new Repeats())).getMessage();
    assertTrue(message.contains("Repeats doesn't conform:\n  options: option"), message);
  }
}
