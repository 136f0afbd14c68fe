package org.ketloom.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.Progress;
import org.ketloom.api.model.Slot;
import org.ketloom.api.model.StepResult;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.engine.statevector.StateVectorEngine;

/** A model that learns the mean image, well and with one fault at a time. */
class ModelCheckTest {
  private static final TestContext CONTEXT =
      TestContext.of(new ImageShape(1, 2, 3), new StateVectorEngine()).withClasses(2).withSteps(5);

  /** What a model may do wrong, and how the finding begins. */
  enum Fault {
    NONE(""),
    NO_PARAMETERS("shape: parameters are {}"),
    FRESH_WEIGHTS("repeatable: create gives other weights"),
    LOSS_TRAINS("repeatable: loss, step 0, changes the state"),
    LOSS_OF_ANOTHER_STEP("agreement: loss, step 0, gave"),
    HIDDEN_COUNTER("repeatable: train, step 1, gave"),
    NAN("finite: train, step 3: loss became NaN"),
    SHARED_STATE("repeatable: training changed what state had returned"),
    NOTHING_LEARNT("agreement: 5 steps of training didn't change"),
    HALF_RESTORED("repeatable: restore, then state"),
    FORGETFUL("repeatable: a model that is restored after step 2 of 5"),
    TAKES_MISSING("exception: restore of a state without tensor \"mean\" was accepted"),
    TAKES_UNKNOWN("exception: restore of a state with an unknown tensor"),
    TAKES_ANY_SHAPE("exception: restore of a state with tensor \"mean\" in shape"),
    WRITES_THEN_REFUSES("repeatable: restore of a state with an unknown tensor"),
    OTHER_SHAPE("shape: sample of 5 images gave 5 of 1x3x2"),
    INFINITE_IMAGE("finite: sample: image 1 has value"),
    STREAM_OF_NOISE("repeatable: sample: image 3 differs"),
    SAME_NOISE("repeatable: sample: images 3 and 4"),
    NO_SEED("repeatable: sample: image 0 is the same with another seed"),
    SILENT("time: sample never tells its progress"),
    GOES_ON("exception: sample goes on"),
    SAMPLING_TRAINS("repeatable: sample changes the state"),
    OTHER_LABELS("shape: reconstruct of"),
    RECONSTRUCTION_TRAINS("repeatable: reconstruct changes the state"),
    KEEPS_MEMORY("memory: 8 models that were closed left 83886080 bytes");

    private final String finding;

    Fault(String finding) {
      this.finding = finding;
    }
  }

  private record Sampling() {}

  private record Factory(Fault fault, AtomicLong memory) implements GenerativeModelFactory {
    @Override
    public List<Slot> slots() {
      return List.of();
    }

    @Override
    public Blueprint.Training training() {
      return new Blueprint.Training(1, 6, 1, 1);
    }

    @Override
    public GenerativeModel<Sampling> create(ModelContext context) {
      return new MeanModel(fault, memory, context.images());
    }
  }

  private static final class MeanModel implements GenerativeModel<Sampling> {
    private static final long BYTES = 10 << 20;

    private final Fault fault;
    private final AtomicLong memory;
    private final ImageShape shape;
    private float[] mean;
    private long steps;
    private int calls;
    private int momentum;

    MeanModel(Fault fault, AtomicLong memory, ImageShape shape) {
      this.fault = fault;
      this.memory = memory;
      this.shape = shape;
      mean = new float[shape.size()];
      if (fault == Fault.FRESH_WEIGHTS) {
        mean[0] = memory.get();
      }
      memory.addAndGet(BYTES);
    }

    @Override
    public Map<String, Circuit> circuits() {
      return Map.of();
    }

    @Override
    public Map<String, Long> parameters() {
      return fault == Fault.NO_PARAMETERS ? Map.of() : Map.of("classical", (long) mean.length);
    }

    @Override
    public StepResult train(ImageBatch batch, long step) {
      double loss = measured(batch, step);
      if (fault == Fault.SHARED_STATE) {
        mean[0] += 1;
      }
      float[] next = mean.clone();
      for (int k = 0; k < next.length && fault != Fault.NOTHING_LEARNT; k++) {
        next[k] += 0.1f * (batch.pixels()[k] - next[k]) + momentum;
      }
      if (fault == Fault.FORGETFUL) {
        momentum++;
      }
      mean = next;
      steps += fault == Fault.NOTHING_LEARNT ? 0 : 1;
      return StepResult.of(
          switch (fault) {
            case NAN -> step == 3 ? Double.NaN : loss;
            case HIDDEN_COUNTER -> step == 0 ? loss : loss + calls;
            default -> loss;
          });
    }

    @Override
    public double loss(ImageBatch batch, long step) {
      if (fault == Fault.LOSS_TRAINS) {
        steps++;
      }
      if (fault == Fault.HIDDEN_COUNTER) {
        calls++;
        return measured(batch, step) + (step == 0 ? 0 : calls);
      }
      return measured(batch, fault == Fault.LOSS_OF_ANOTHER_STEP ? step + 1 : step);
    }

    private double measured(ImageBatch batch, long step) {
      double sum = step;
      for (int k = 0; k < mean.length; k++) {
        double difference = batch.pixels()[k] - mean[k];
        sum += difference * difference;
      }
      return sum;
    }

    @Override
    public Sampling samplingOptions() {
      return new Sampling();
    }

    @Override
    public ImageBatch sample(int[] labels, long seed, Sampling options, Progress progress) {
      int size = shape.size();
      float[] pixels = new float[labels.length * size];
      SplitMix64 stream = new SplitMix64(seed);
      for (int i = 0; i < labels.length; i++) {
        long place = fault == Fault.SAME_NOISE ? 0 : i;
        SplitMix64 own =
            new SplitMix64(SplitMix64.mix(fault == Fault.NO_SEED ? place : seed + place));
        if (fault == Fault.STREAM_OF_NOISE && labels[i] != 0) {
          stream.nextLong();
        }
        for (int k = 0; k < size; k++) {
          double noise = (fault == Fault.STREAM_OF_NOISE ? stream : own).nextDouble();
          pixels[i * size + k] =
              fault == Fault.INFINITE_IMAGE && i == 1
                  ? Float.POSITIVE_INFINITY
                  : (float) (mean[k] / 4 + noise / 2);
        }
        if (fault != Fault.SILENT
            && !progress.update(i + 1, labels.length)
            && fault != Fault.GOES_ON) {
          throw new CancellationException("stopped after image " + i);
        }
      }
      if (fault == Fault.SAMPLING_TRAINS) {
        steps++;
      }
      ImageShape drawn = fault == Fault.OTHER_SHAPE ? new ImageShape(1, 3, 2) : shape;
      return new ImageBatch(drawn, pixels, labels);
    }

    @Override
    public Optional<ImageBatch> reconstruct(ImageBatch images) {
      if (fault == Fault.RECONSTRUCTION_TRAINS) {
        steps++;
      }
      int[] labels = images.labels().clone();
      if (fault == Fault.OTHER_LABELS) {
        labels[0]++;
      }
      return Optional.of(new ImageBatch(images.shape(), images.pixels(), labels));
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>();
      state.put("mean", Tensor.of(mean));
      state.put("steps", Tensor.of(steps));
      return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
      if (!state.containsKey("mean") && fault == Fault.TAKES_MISSING) {
        return;
      }
      Tensor restored =
          Optional.ofNullable(state.get("mean"))
              .orElseThrow(() -> new IllegalArgumentException("tensor mean is missing"));
      if (restored.floats().length != mean.length) {
        if (fault == Fault.TAKES_ANY_SHAPE) {
          return;
        }
        throw new IllegalArgumentException("tensor mean has another shape");
      }
      if (fault == Fault.WRITES_THEN_REFUSES) {
        steps++;
      }
      if (state.size() > 2 && fault != Fault.TAKES_UNKNOWN) {
        throw new IllegalArgumentException("unknown tensor in " + state.keySet());
      }
      mean = restored.floats().clone();
      if (fault == Fault.HALF_RESTORED) {
        return;
      }
      steps = state.get("steps").longs()[0];
    }

    @Override
    public void close() {
      if (fault != Fault.KEEPS_MEMORY) {
        memory.addAndGet(-BYTES);
      }
    }
  }

  private static List<Finding> check(Fault fault) {
    AtomicLong memory = new AtomicLong();
    List<Finding> findings =
        new Conformance(CONTEXT.engine(), Duration.ofSeconds(5))
            .withNativeMemory(memory::get)
            .checkModel(new Factory(fault, memory), CONTEXT);
    if (fault != Fault.KEEPS_MEMORY) {
      assertEquals(0, memory.get(), "a model stays open");
    }
    return findings;
  }

  @ParameterizedTest
  @EnumSource
  void eachFaultIsFound(Fault fault) {
    List<Finding> findings = check(fault);
    assertEquals(fault == Fault.NONE ? 0 : 1, findings.size(), findings::toString);
    findings.forEach(
        finding -> assertTrue(finding.toString().startsWith(fault.finding), finding::toString));
  }

  @Test
  void whatIsRequiredIsNamed() {
    Conformance conformance = new Conformance(CONTEXT.engine());
    Factory factory = new Factory(Fault.SILENT, new AtomicLong());
    AssertionError error =
        assertThrows(AssertionError.class, () -> conformance.requireModel(factory, CONTEXT));
    assertEquals(
        Factory.class.getName() + " doesn't conform:\n  time: sample never tells its progress",
        error.getMessage());
  }
}
