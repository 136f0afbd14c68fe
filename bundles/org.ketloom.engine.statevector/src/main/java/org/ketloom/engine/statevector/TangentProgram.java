package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Direction;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.SecondOrder;

/**
 * Runs a compiled circuit with derivatives along directions carried along, block by block as {@link
 * StateVectorProgram} does; sums over the batch are taken in groups that depend on circuit and
 * batch alone.
 */
final class TangentProgram implements SecondOrder {
  private static final int MAX_GROUPS = 64;

  /** State and adjoint, their derivatives, and room for one more. */
  private static final int STATES = 5;

  private final CircuitCompiler.Plan plan;
  private final WorkerPool workerPool;
  private final List<TangentStep> steps;
  private final PreparationTangent preparation;
  private final Pool<TangentWorkspace> workspaces;

  /**
   * Makes it.
   *
   * @throws IllegalArgumentException if a thread's states don't fit in the heap
   */
  TangentProgram(CircuitCompiler.Plan plan, WorkerPool workerPool, long heap) {
    double needed = (double) STATES * plan.layout().vectors() * Kernels.STRIDE * Double.BYTES;
    if (needed > heap) {
      throw new IllegalArgumentException(
          "second derivatives of a circuit of "
              + plan.circuit().wires()
              + " wires need "
              + Math.round(needed / (1 << 20))
              + " MiB for each thread, the heap has "
              + (heap >> 20)
              + " MiB; use fewer wires, or a larger heap (-Xmx, for ketloom"
              + " KETLOOM_JAVA_OPTS=-Xmx8g)");
    }
    this.plan = plan;
    this.workerPool = workerPool;
    this.steps =
        plan.groups().stream()
            .flatMap(
                g -> g.steps().stream().map(s -> TangentStep.of(plan.arithmetic(), s, g.parts())))
            .toList();
    this.preparation = new PreparationTangent((Preparation) plan.start());
    this.workspaces = new Pool<>(() -> new TangentWorkspace(plan));
  }

  /**
   * Compiles a circuit with all of its gates as steps: the metric depends on gates that no
   * observable depends on.
   *
   * @throws IllegalArgumentException if a thread's states don't fit in the heap
   */
  static TangentProgram of(
      Circuit circuit, Arithmetic arithmetic, Layout layout, WorkerPool workerPool) {
    return new TangentProgram(
        new CircuitCompiler(circuit, arithmetic, layout, true).compile(),
        workerPool,
        Runtime.getRuntime().maxMemory());
  }

  @Override
  public double[] jvp(Inputs inputs, Direction direction) {
    InputChecks.check(plan, inputs);
    InputChecks.check(plan, inputs, direction);
    int width = plan.sizes().outputs();
    double[] derivatives = new double[Math.multiplyExact(inputs.batch(), width)];
    Prepared shared = prepare(inputs);
    int samples = plan.layout().samples();
    workerPool.run(
        plan.layout().blocks(inputs.batch()),
        block -> {
          TangentWorkspace work = workspaces.take();
          int first = block * samples;
          int count = Math.min(samples, inputs.batch() - first);
          work.begin(inputs, shared, first, count, inputTangent(direction, first));
          forward(work);
          readDerivatives(work, direction, derivatives);
          workspaces.give(work);
        });
    return derivatives;
  }

  @Override
  public Gradients hvp(Inputs inputs, double[] cotangents, Direction direction) {
    InputChecks.check(plan, inputs);
    Inputs.requireLength("cotangents", cotangents, inputs.batch(), plan.sizes().outputs());
    Inputs.requireFiniteRows("cotangent", cotangents, plan.sizes().outputs());
    InputChecks.check(plan, inputs, direction);
    return sweep(
        inputs,
        direction,
        (work, sums, found) -> {
          addEntryDerivatives(work, cotangents, sums.hermitianEntries);
          adjoints(work, cotangents, direction);
          for (int s = steps.size() - 1; s >= 0; s--) {
            steps.get(s).backwardWithTangents(work, found);
          }
          preparation.backwardWithTangents(work, found);
        });
  }

  @Override
  public Gradients metricProduct(Inputs inputs, Direction direction) {
    InputChecks.check(plan, inputs);
    InputChecks.check(plan, inputs, direction);
    return sweep(inputs, direction, (work, sums, found) -> pullBack(work, found));
  }

  @Override
  public List<double[]> metric(Inputs inputs, List<int[]> blocks) {
    InputChecks.check(plan, inputs);
    List<double[]> metrics = new ArrayList<>();
    List<Columns> tasks = new ArrayList<>();
    int samples = plan.layout().samples();
    // Few samples leave lanes for further columns.
    int together = Math.max(1, samples / inputs.batch());
    for (int b = 0; b < blocks.size(); b++) {
      int[] block = blocks.get(b).clone();
      Map<Integer, Integer> places = places(b, block);
      double[] metric = new double[Math.multiplyExact(block.length, block.length)];
      metrics.add(metric);
      for (int column = 0; column < block.length; column += together) {
        int end = Math.min(block.length, column + together);
        tasks.add(new Columns(block, places, column, end, metric));
      }
    }
    Prepared shared = prepare(inputs);
    workerPool.run(
        tasks.size(),
        task -> {
          TangentWorkspace work = workspaces.take();
          addColumns(work, inputs, shared, tasks.get(task));
          workspaces.give(work);
        });
    for (int b = 0; b < metrics.size(); b++) {
      symmetrise(metrics.get(b), blocks.get(b).length);
    }
    return metrics;
  }

  /** Some columns of one block's metric; no other task writes there. */
  private record Columns(
      int[] block, Map<Integer, Integer> places, int from, int to, double[] metric) {}

  private Map<Integer, Integer> places(int number, int[] block) {
    Map<Integer, Integer> places = new HashMap<>();
    for (int i = 0; i < block.length; i++) {
      if (block[i] < 0 || block[i] >= plan.sizes().weights()) {
        throw new IllegalArgumentException(
            "block "
                + number
                + " of the metric names weight "
                + block[i]
                + "; the circuit has "
                + plan.sizes().weights()
                + " weights, counted from 0");
      }
      if (places.put(block[i], i) != null) {
        throw new IllegalArgumentException(
            "block " + number + " of the metric names weight " + block[i] + " twice");
      }
    }
    return places;
  }

  /** A column is the metric times a unit vector; a row of work is one column for one sample. */
  private void addColumns(TangentWorkspace work, Inputs inputs, Prepared shared, Columns columns) {
    int batch = inputs.batch();
    int rows = (columns.to - columns.from) * batch;
    int size = columns.block.length;
    int samples = plan.layout().samples();
    for (int first = 0; first < rows; first += samples) {
      int count = Math.min(samples, rows - first);
      int[] column = new int[count];
      int[] sample = new int[count];
      for (int r = 0; r < count; r++) {
        column[r] = columns.from + (first + r) / batch;
        sample[r] = (first + r) % batch;
      }
      Inputs chosen =
          new Inputs(
              count,
              rows(inputs.features(), batch, sample),
              inputs.weights(),
              rows(inputs.sampleAngles(), batch, sample),
              inputs.hermitianEntries());
      work.begin(
          chosen,
          shared,
          0,
          count,
          (source, index, row) ->
              source == Angle.Source.WEIGHT && index == columns.block[column[row]] ? 1 : 0);
      forward(work);
      pullBack(
          work,
          (source, index, row, value) -> {
            Integer place = source == Angle.Source.WEIGHT ? columns.places.get(index) : null;
            if (place != null) {
              columns.metric[column[row] * size + place] += value;
            }
          });
    }
  }

  private static double[] rows(double[] values, int batch, int[] chosen) {
    int width = values.length / batch;
    double[] rows = new double[chosen.length * width];
    for (int r = 0; r < chosen.length; r++) {
      System.arraycopy(values, chosen[r] * width, rows, r * width, width);
    }
    return rows;
  }

  private static void symmetrise(double[] matrix, int size) {
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        double mean = (matrix[i * size + j] + matrix[j * size + i]) / 2;
        matrix[i * size + j] = mean;
        matrix[j * size + i] = mean;
      }
    }
  }

  /** What happens to a block between its forward pass and its gradients. */
  private interface Backward {
    void run(TangentWorkspace work, PartialSums sums, Derivatives found);
  }

  private Gradients sweep(Inputs inputs, Direction direction, Backward backward) {
    Gradients gradients =
        new Gradients(
            new double[inputs.features().length],
            new double[plan.sizes().weights()],
            new double[inputs.sampleAngles().length],
            new double[plan.sizes().hermitianEntries()]);
    Prepared shared = prepare(inputs);
    int samples = plan.layout().samples();
    int blocks = plan.layout().blocks(inputs.batch());
    int groups = Math.min(blocks, MAX_GROUPS);
    PartialSums[] sums = new PartialSums[groups];
    workerPool.run(
        groups,
        group -> {
          PartialSums sum =
              new PartialSums(0, 0, plan.sizes().weights(), plan.sizes().hermitianEntries());
          sums[group] = sum;
          TangentWorkspace work = workspaces.take();
          int end = (int) ((group + 1L) * blocks / groups);
          for (int block = (int) ((long) group * blocks / groups); block < end; block++) {
            int first = block * samples;
            int count = Math.min(samples, inputs.batch() - first);
            work.begin(inputs, shared, first, count, inputTangent(direction, first));
            forward(work);
            backward.run(
                work,
                sum,
                (source, index, row, value) -> {
                  switch (source) {
                    case WEIGHT -> sum.weights[index] += value;
                    case FEATURE ->
                        gradients.features()[(first + row) * plan.sizes().features() + index] +=
                            value;
                    case SAMPLE ->
                        gradients
                                .sampleAngles()[
                                (first + row) * plan.sizes().sampleAngles() + index] +=
                            value;
                    case CONSTANT -> {}
                  }
                });
          }
          workspaces.give(work);
        });
    for (int group = 1; group < groups; group++) {
      sums[0].add(sums[group]);
    }
    System.arraycopy(sums[0].weights, 0, gradients.weights(), 0, plan.sizes().weights());
    System.arraycopy(
        sums[0].hermitianEntries,
        0,
        gradients.hermitianEntries(),
        0,
        plan.sizes().hermitianEntries());
    return gradients;
  }

  /** How the samples from a given one on move along a direction. */
  private InputTangent inputTangent(Direction direction, int first) {
    int features = plan.sizes().features();
    int angles = plan.sizes().sampleAngles();
    return (source, index, row) ->
        switch (source) {
          case CONSTANT -> 0;
          case WEIGHT -> at(direction.weights(), index);
          case FEATURE -> at(direction.features(), (first + row) * features + index);
          case SAMPLE -> at(direction.sampleAngles(), (first + row) * angles + index);
        };
  }

  private static double at(double[] values, int index) {
    return values.length == 0 ? 0 : values[index];
  }

  private Prepared prepare(Inputs inputs) {
    Prepared shared = new Prepared(plan.sharedAngles().size(), plan.sharedGates().size());
    plan.sharedAngles().fill(plan.arithmetic().su2(), inputs, 0, 1, shared.trig);
    for (FusedGate gate : plan.sharedGates()) {
      gate.prepare(plan.arithmetic().su2(), shared);
    }
    return shared;
  }

  private void forward(TangentWorkspace work) {
    Workspace main = work.main;
    plan.sampleAngles()
        .fill(plan.arithmetic().su2(), main.inputs, main.first, main.count, main.state.trig);
    preparation.forward(work);
    for (TangentStep step : steps) {
      step.forward(work);
    }
  }

  /** Gradients of half of {@code |d psi - psi <psi|d psi>|^2}, by all but what moves psi. */
  private void pullBack(TangentWorkspace work, Derivatives found) {
    double[] psi = work.psi();
    double[] moved = work.psiTangent();
    double[] lambda = work.lambda();
    double[] re = new double[Kernels.LANES];
    double[] im = new double[Kernels.LANES];
    for (int p = 0; p < psi.length; p += Kernels.STRIDE) {
      for (int l = 0; l < Kernels.LANES; l++) {
        int i = p + l;
        int j = i + Kernels.LANES;
        re[l] += psi[i] * moved[i] + psi[j] * moved[j];
        im[l] += psi[i] * moved[j] - psi[j] * moved[i];
      }
    }
    sumLanes(work, re);
    sumLanes(work, im);
    for (int p = 0; p < psi.length; p += Kernels.STRIDE) {
      for (int l = 0; l < Kernels.LANES; l++) {
        int i = p + l;
        int j = i + Kernels.LANES;
        // The sweep gives 2 Re <lambda|d psi>.
        lambda[i] = (moved[i] - re[l] * psi[i] + im[l] * psi[j]) / 2;
        lambda[j] = (moved[j] - re[l] * psi[j] - im[l] * psi[i]) / 2;
      }
    }
    for (int s = steps.size() - 1; s >= 0; s--) {
      steps.get(s).backward(work, found);
    }
    preparation.backward(work, found);
  }

  /** Where lanes are amplitudes of one sample, gives all of them the sum. */
  private static void sumLanes(TangentWorkspace work, double[] lanes) {
    if (work.main.lanesAreAmplitudes) {
      double sum = 0;
      for (double lane : lanes) {
        sum += lane;
      }
      Arrays.fill(lanes, sum);
    }
  }

  /** Derivatives of the values: {@code y} is quadratic in the state, and linear in the entries. */
  private void readDerivatives(TangentWorkspace work, Direction direction, double[] derivatives) {
    double[] lanes = work.lanes;
    Arrays.fill(lanes, 0);
    double[] norms = polarise(work);
    for (int sign = 1; sign >= -1; sign -= 2) {
      moveState(work, sign, norms);
      Arrays.fill(work.tangent.lanes, 0);
      for (Readout readout : plan.readouts()) {
        readout.values(work.tangent, work.tangent.lanes);
      }
      for (int i = 0; i < lanes.length; i++) {
        lanes[i] += sign * norms[i % Kernels.LANES] / 2 * work.tangent.lanes[i];
      }
    }
    if (direction.hermitianEntries().length > 0) {
      Workspace tangent = work.tangent;
      tangent.state = work.main.state;
      tangent.inputs = withEntries(work.main.inputs, direction.hermitianEntries());
      for (Readout readout : plan.readouts()) {
        if (readout instanceof HermitianReadout) {
          readout.values(tangent, lanes);
        }
      }
    }
    int width = plan.sizes().outputs();
    for (int k = 0; k < width; k++) {
      double[] value = Arrays.copyOfRange(lanes, k * Kernels.LANES, (k + 1) * Kernels.LANES);
      sumLanes(work, value);
      for (int l = 0; l < work.main.count; l++) {
        derivatives[(work.main.first + l) * width + k] = value[l];
      }
    }
  }

  /** How the gradients of Hermitian entries move: they are quadratic in the state. */
  private void addEntryDerivatives(TangentWorkspace work, double[] cotangents, double[] sums) {
    if (sums.length == 0) {
      return;
    }
    Workspace tangent = work.tangent;
    double[] norms = polarise(work);
    PartialSums before = tangent.partial;
    tangent.partial = new PartialSums(0, 0, 0, sums.length);
    for (int sign = 1; sign >= -1; sign -= 2) {
      moveState(work, sign, norms);
      weigh(work, cotangents, tangent.lanes);
      for (int i = 0; i < tangent.lanes.length; i++) {
        tangent.lanes[i] *= sign * norms[i % Kernels.LANES] / 2;
      }
      for (Readout readout : plan.readouts()) {
        if (readout instanceof HermitianReadout) {
          readout.backward(tangent, tangent.lanes);
        }
      }
    }
    System.arraycopy(work.room, 0, tangent.state.psi, 0, work.room.length);
    for (int e = 0; e < sums.length; e++) {
      sums[e] += tangent.partial.hermitianEntries[e];
    }
    tangent.partial = before;
  }

  /**
   * Puts the state's derivative aside, and finds its norms by lane: of a quadratic form q, the
   * derivative is {@code |t|/2 (q(psi + t/|t|) - q(psi - t/|t|))} for a derivative t of psi.
   */
  private static double[] polarise(TangentWorkspace work) {
    double[] moved = work.psiTangent();
    double[] norms = new double[Kernels.LANES];
    for (int i = 0; i < moved.length; i++) {
      norms[i % Kernels.LANES] += moved[i] * moved[i];
    }
    sumLanes(work, norms);
    Arrays.setAll(norms, l -> Math.sqrt(norms[l]));
    System.arraycopy(moved, 0, work.room, 0, moved.length);
    return norms;
  }

  private static void moveState(TangentWorkspace work, int sign, double[] norms) {
    double[] psi = work.psi();
    double[] to = work.psiTangent();
    double[] scales = new double[Kernels.LANES];
    Arrays.setAll(scales, l -> norms[l] == 0 ? 0 : sign / norms[l]);
    for (int i = 0; i < to.length; i++) {
      to[i] = psi[i] + scales[i % Kernels.LANES] * work.room[i];
    }
  }

  /** Sets the adjoint of the final state, and its derivative. */
  private void adjoints(TangentWorkspace work, double[] cotangents, Direction direction) {
    Workspace main = work.main;
    Workspace tangent = work.tangent;
    for (Workspace each : new Workspace[] {main, tangent}) {
      weigh(work, cotangents, each.lanes);
      if (plan.readouts().isEmpty() || !(plan.readouts().get(0) instanceof DiagonalReadout)) {
        Arrays.fill((double[]) each.lambda, 0);
      }
      for (Readout readout : plan.readouts()) {
        // What is linear in the state has an adjoint that doesn't move with it.
        if (each == main || !(readout instanceof AmplitudeReadout)) {
          readout.backward(each, each.lanes);
        }
      }
    }
    if (direction.hermitianEntries().length > 0) {
      tangent.state = main.state;
      tangent.inputs = withEntries(main.inputs, direction.hermitianEntries());
      for (Readout readout : plan.readouts()) {
        if (readout instanceof HermitianReadout) {
          readout.backward(tangent, tangent.lanes);
        }
      }
      tangent.state = work.states[1];
      tangent.inputs = main.inputs;
    }
  }

  private static Inputs withEntries(Inputs inputs, double[] entries) {
    return new Inputs(
        inputs.batch(), inputs.features(), inputs.weights(), inputs.sampleAngles(), entries);
  }

  private void weigh(TangentWorkspace work, double[] cotangents, double[] lanes) {
    int width = plan.sizes().outputs();
    for (int l = 0; l < Kernels.LANES; l++) {
      // Lanes beyond the last sample count for nothing.
      int row = work.main.lanesAreAmplitudes ? 0 : l;
      for (int k = 0; k < width; k++) {
        lanes[k * Kernels.LANES + l] =
            row < work.main.count ? cotangents[(work.main.first + row) * width + k] : 0;
      }
    }
  }
}
