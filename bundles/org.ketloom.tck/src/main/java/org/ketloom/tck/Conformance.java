package org.ketloom.tck;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.NoiseModel;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKindProvider;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/**
 * Checks parts. In a unit test:
 *
 * <pre>
 * new Conformance(new StateVectorEngine()).require(new LadderAnsatz());
 * </pre>
 *
 * <p>Every call into a part is bound in time; one that doesn't return is left behind on a thread of
 * its own. All numbers derive from a fixed seed. Safe for use by several threads.
 */
public final class Conformance {
  /** Data and networks take longer than circuits: as many times the limit, for each call. */
  private static final int LONG_CALLS = 30;

  private final QuantumEngine engine;
  private final Duration limit;
  private final LongSupplier nativeBytes;

  /** Checks with an engine; a call into a part may take 2 seconds. */
  public Conformance(QuantumEngine engine) {
    this(engine, Duration.ofSeconds(2));
  }

  /**
   * Checks with an engine.
   *
   * @param limit most time for a call into a part; all together may take ten times as long
   */
  public Conformance(QuantumEngine engine, Duration limit) {
    this(engine, limit, () -> 0);
  }

  private Conformance(QuantumEngine engine, Duration limit, LongSupplier nativeBytes) {
    this.engine = engine;
    this.limit = limit;
    this.nativeBytes = nativeBytes;
  }

  /**
   * The same, with a look at memory outside of the heap for {@link #checkModel}: eight models that
   * are opened, trained and closed one after the other may leave half of what eight open ones hold.
   *
   * @param bytes gives the number of bytes in use, exactly: the memory of a process, which is all
   *     that ND4J tells, goes up and down by more than a small model has
   */
  public Conformance withNativeMemory(LongSupplier bytes) {
    return new Conformance(engine, limit, bytes);
  }

  /**
   * Checks an encoding, ansatz, observable head, noise model or convolution engine with its options
   * as they are, and with changed ones. Of other parts only the options are read: what {@link
   * #checkData} and {@link #checkModel} ask for takes too long for a deployer.
   *
   * @return what it doesn't keep to; empty if all is well
   */
  public List<Finding> check(Part part) {
    return check(part, calls -> changed -> platformCheck(changed, calls));
  }

  /**
   * Checks a part of a kind that a bundle brings, with its options as they are, and with changed
   * ones.
   *
   * @param kind brings the kind and its check
   * @return what it doesn't keep to; empty if all is well
   */
  public List<Finding> check(Part part, PartKindProvider kind) {
    return check(part, calls -> changed -> new ProvidedCheck(kind, changed, calls));
  }

  private List<Finding> check(Part part, Function<Calls, Function<Part, PartCheck>> kit) {
    List<Finding> findings = new ArrayList<>();
    try (Calls calls = new Calls(limit, limit.multipliedBy(10))) {
      Function<Part, PartCheck> checks = kit.apply(calls);
      try {
        calls.call("reading the options", () -> Options.of(part));
        checks.apply(part).check(findings::add);
        new OptionsCheck(calls, checks).check(part);
      } catch (Violation e) {
        findings.add(e.finding());
      } catch (IllegalArgumentException e) {
        findings.add(refused(e));
      }
    }
    return List.copyOf(findings);
  }

  /**
   * Checks the data of a provider as it is configured: both splits open, with other images; shape,
   * labels and values are in range; the fingerprint, images and batches are the same when they are
   * asked for again, and a resumed epoch is the rest of it. A call may take 30 times as long as
   * into other parts.
   *
   * @return what it doesn't keep to; empty if all is well
   */
  public List<Finding> checkData(DatasetProvider provider) {
    return guarded(calls -> new DatasetCheck(provider, calls).require());
  }

  /**
   * Checks a model: two trainings of the context's steps (of the first 20 if there are more) are
   * the same bit for bit, whether the loss was measured between steps or not; a model that is
   * restored half-way ends as the one that wasn't interrupted; losses are finite, and what {@link
   * org.ketloom.api.model.GenerativeModel#loss} gives is what the step reports; damaged states are
   * refused and change nothing; an image depends on the seed, its place and its label alone; and a
   * closed model gives its memory back (see {@link #withNativeMemory}). A call may take 30 times as
   * long as into other parts.
   *
   * @param context as small as the model allows, with few steps that reach every phase of the
   *     training, such as a {@link TestContext}
   * @return what it doesn't keep to; empty if all is well
   */
  public List<Finding> checkModel(GenerativeModelFactory factory, ModelContext context) {
    return guarded(calls -> new ModelCheck(factory, context, nativeBytes, calls).require());
  }

  /** Checks that end with the first thing that isn't kept. */
  private interface Guarded {
    void check(Calls calls) throws Violation;
  }

  private List<Finding> guarded(Guarded check) {
    Duration each = limit.multipliedBy(LONG_CALLS);
    try (Calls calls = new Calls(each, each.multipliedBy(10))) {
      check.check(calls);
      return List.of();
    } catch (Violation e) {
      return List.of(e.finding());
    } catch (IllegalArgumentException e) {
      return List.of(refused(e));
    }
  }

  private static Finding refused(IllegalArgumentException e) {
    return new Finding(Check.EXCEPTION, Objects.requireNonNullElse(e.getMessage(), e.toString()));
  }

  /**
   * Checks the engine itself: known values, batches, gradients of every gate, source and
   * observable. What it says that it can't differentiate is left out.
   */
  public List<Finding> checkEngine() {
    try (Calls calls = new Calls(limit, limit.multipliedBy(10))) {
      return new EngineChecks(engine, calls).findings();
    }
  }

  /**
   * Checks that the engine gives the values and gradients that another gives, to 9 digits, for the
   * circuits of {@link #checkEngine}: pure states, every gate, source of angles and observable.
   *
   * @return where they differ; empty if all is well
   */
  public List<Finding> checkAgainst(QuantumEngine other) {
    try (Calls calls = new Calls(limit, limit.multipliedBy(10))) {
      return new EngineChecks(engine, calls).against(other);
    }
  }

  /**
   * As {@link #check}.
   *
   * @throws AssertionError listing the findings, if there are any
   */
  public void require(Part part) {
    require(part, check(part));
  }

  /**
   * As {@link #checkData}.
   *
   * @throws AssertionError listing the findings, if there are any
   */
  public void requireData(DatasetProvider provider) {
    require(provider, checkData(provider));
  }

  /**
   * As {@link #checkModel}.
   *
   * @throws AssertionError listing the findings, if there are any
   */
  public void requireModel(GenerativeModelFactory factory, ModelContext context) {
    require(factory, checkModel(factory, context));
  }

  private static void require(Part part, List<Finding> findings) {
    if (!findings.isEmpty()) {
      throw new AssertionError(
          part.getClass().getName()
              + " doesn't conform:"
              + findings.stream().map(f -> "\n  " + f).collect(Collectors.joining()));
    }
  }

  private PartCheck platformCheck(Part part, Calls calls) {
    if (part instanceof Ansatz ansatz) {
      return new AnsatzCheck(ansatz, engine, calls);
    }
    if (part instanceof Encoding encoding) {
      return new EncodingCheck(encoding, engine, calls);
    }
    if (part instanceof ObservableHead head) {
      return new HeadCheck(head, engine, calls);
    }
    if (part instanceof NoiseModel noise) {
      return new NoiseCheck(noise, calls);
    }
    if (part instanceof ConvolutionEngine convolutions) {
      return new ConvolutionCheck(convolutions, calls);
    }
    return PartCheck.NONE;
  }
}
