package org.ketloom.engine.statevector;

import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.ketloom.api.engine.Precision;

/**
 * How a program computes. States, and all that is multiplied with them, are arrays that only the
 * kernels and the storage look into, {@code double[]} or {@code float[]}; all others hold them as
 * objects. Angles, small matrices, sums and results are in double precision.
 *
 * @param precision of the state
 * @param kernels loops over the state
 * @param storage of the state
 * @param tables the same loops in double precision
 * @param su2 loops over small matrices
 * @param notice what is logged when a program is run for the first time
 */
record Arithmetic(
    Precision precision,
    Kernels<Object> kernels,
    Storage<Object> storage,
    Kernels<double[]> tables,
    Su2Kernels su2,
    OneTimeNotice notice) {

  /**
   * On the Vector API where it is there and fast, plain elsewhere, and where system property {@code
   * ketloom.kernels} is {@code plain}: for what is over before the others pay.
   */
  static Map<Precision, Arithmetic> best() {
    if ("plain".equals(System.getProperty("ketloom.kernels"))) {
      return plain();
    }
    String reason;
    try {
      return of(
          Class.forName(Arithmetic.class.getPackageName() + ".VectorLoops")
              .asSubclass(Loops.class)
              .getDeclaredConstructor()
              .newInstance(),
          Optional.empty());
    } catch (InvocationTargetException e) {
      reason = String.valueOf(Objects.requireNonNullElse(e.getCause(), e).getMessage());
    } catch (ReflectiveOperationException | LinkageError e) {
      reason =
          "the package jdk.incubator.vector isn't there (start Java with --add-modules"
              + " jdk.incubator.vector)";
    }
    return of(
        new PlainLoops(),
        Optional.of("The state vector engine runs plain kernels, several times slower: " + reason));
  }

  /** In plain Java. */
  static Map<Precision, Arithmetic> plain() {
    return of(new PlainLoops(), Optional.empty());
  }

  /** The kernels of both precisions. */
  interface Loops {
    Kernels<double[]> wide();

    Kernels<float[]> narrow();

    Su2Kernels su2();
  }

  private record PlainLoops(Kernels<double[]> wide, Kernels<float[]> narrow, Su2Kernels su2)
      implements Loops {
    PlainLoops() {
      this(new PlainKernels(), new PlainFloatKernels(), new PlainSu2Kernels());
    }
  }

  private static Map<Precision, Arithmetic> of(Loops loops, Optional<String> message) {
    OneTimeNotice notice = new OneTimeNotice(message);
    return Map.of(
        Precision.DOUBLE,
        new Arithmetic(
            Precision.DOUBLE,
            opaque(loops.wide()),
            opaque(new DoubleStorage()),
            loops.wide(),
            loops.su2(),
            notice),
        Precision.SINGLE,
        new Arithmetic(
            Precision.SINGLE,
            opaque(loops.narrow()),
            opaque(new FloatStorage()),
            loops.wide(),
            loops.su2(),
            notice));
  }

  /** An array of the other precision would be refused by the kernel's own cast. */
  @SuppressWarnings("unchecked")
  private static Kernels<Object> opaque(Kernels<?> kernels) {
    return (Kernels<Object>) kernels;
  }

  @SuppressWarnings("unchecked")
  private static Storage<Object> opaque(Storage<?> storage) {
    return (Storage<Object>) storage;
  }

  /** For people. */
  String describe() {
    return kernels.describe() + (precision == Precision.SINGLE ? ", single precision" : "");
  }
}
