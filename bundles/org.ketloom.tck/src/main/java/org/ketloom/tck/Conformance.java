package org.ketloom.tck;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ketloom.api.engine.QuantumEngine;
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
  private final QuantumEngine engine;
  private final Duration limit;

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
    this.engine = engine;
    this.limit = limit;
  }

  /**
   * Checks an encoding, ansatz, observable head or noise model with its options as they are, and
   * with changed ones. Of other parts only the options are read.
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
        findings.add(
            new Finding(Check.EXCEPTION, Objects.requireNonNullElse(e.getMessage(), e.toString())));
      }
    }
    return List.copyOf(findings);
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
    List<Finding> findings = check(part);
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
    return PartCheck.NONE;
  }
}
