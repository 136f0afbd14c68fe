package org.ketloom.api.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.ketloom.api.circuit.Circuit;

/** A circuit with products of angles, run by the program of the circuit without. */
final class ProductProgram implements Program {
  private static final double[] NO_ROOM = {};

  private final ProductAngles products;
  private final Program program;
  private final Supplier<Program> reference;

  /** Angles of a call that has returned, for the next one. */
  private final AtomicReference<double[]> room = new AtomicReference<>(NO_ROOM);

  /**
   * Makes it.
   *
   * @param program of the circuit without products
   * @param reference the same in double precision
   */
  ProductProgram(ProductAngles products, Program program, Supplier<Program> reference) {
    this.products = products;
    this.program = program;
    this.reference = reference;
  }

  @Override
  public Circuit circuit() {
    return products.circuit();
  }

  @Override
  public ExecutionPlan plan() {
    ExecutionPlan plan = program.plan();
    List<String> left = new ArrayList<>(plan.left());
    left.add(
        "products of angles are computed first and passed on as per-sample angles: "
            + products.count());
    return new ExecutionPlan(
        plan.kernels(),
        plan.stages(),
        left,
        plan.workingBytes(),
        plan.blockBytes(),
        plan.samplesPerBlock(),
        plan.numbersPerSample());
  }

  @Override
  public double[] values(Inputs inputs) {
    return program.values(products.inputs(inputs, NO_ROOM));
  }

  @Override
  public void values(Inputs inputs, double[] into) {
    Inputs lowered = products.inputs(inputs, room.getAndSet(NO_ROOM));
    program.values(lowered, into);
    room.set(lowered.sampleAngles());
  }

  @Override
  public Estimates estimates(Inputs inputs) {
    return program.estimates(products.inputs(inputs, NO_ROOM));
  }

  @Override
  public Evaluation evaluate(Inputs inputs) {
    return new ProductEvaluation(inputs);
  }

  @Override
  public SecondOrder secondOrder() {
    SecondOrder second = program.secondOrder();
    return new ProductSecondOrder(products, reference.get(), second);
  }

  @Override
  public Program withShots(Shots shots) {
    return new ProductProgram(products, program.withShots(shots), reference);
  }

  @Override
  public Program withSeed(long seed) {
    Program seeded = program.withSeed(seed);
    return seeded == program ? this : new ProductProgram(products, seeded, reference);
  }

  @Override
  public Program withTrajectories(int count, long seed) {
    return new ProductProgram(products, program.withTrajectories(count, seed), reference);
  }

  private final class ProductEvaluation implements Evaluation {
    private final AtomicBoolean busy = new AtomicBoolean();
    private final Evaluation evaluation;
    private Inputs inputs;
    private double[] angles;
    private double[] spare = NO_ROOM;
    private double[] derivatives = NO_ROOM;

    ProductEvaluation(Inputs given) {
      Inputs lowered = products.inputs(given, NO_ROOM);
      inputs = given;
      angles = lowered.sampleAngles();
      evaluation = program.evaluate(lowered);
    }

    @Override
    public double[] outputs() {
      return evaluation.outputs();
    }

    /** The angles of the pass before stay as they are until the new ones are accepted. */
    @Override
    public void update(Inputs given) {
      enter();
      try {
        Inputs lowered = products.inputs(given, spare);
        evaluation.update(lowered);
        spare = angles;
        angles = lowered.sampleAngles();
        inputs = given;
      } finally {
        busy.set(false);
      }
    }

    @Override
    public Gradients vjp(double[] cotangents) {
      Gradients gradients = Gradients.zeros(circuit(), inputs.batch());
      vjp(cotangents, gradients);
      return gradients;
    }

    @Override
    public void vjp(double[] cotangents, Gradients into) {
      into.requireShape(circuit(), inputs.batch());
      enter();
      try {
        Gradients lowered = products.room(into, inputs.batch(), derivatives);
        derivatives = lowered.sampleAngles();
        evaluation.vjp(cotangents, lowered);
        products.chain(inputs, lowered, into);
      } finally {
        busy.set(false);
      }
    }

    private void enter() {
      if (!busy.compareAndSet(false, true)) {
        throw new IllegalStateException(
            "two threads use the same evaluation at once; let each evaluate the program itself");
      }
    }
  }
}
