package org.ketloom.nn;

/** Losses: single numbers, means over the batch. */
public final class Losses {
  private static final double TINY = 1e-12;

  private Losses() {}

  /** Mean of the squared differences, over everything. */
  public static Variable meanSquaredError(Variable prediction, Variable target) {
    same("meanSquaredError", prediction, target);
    return prediction.sub(target).square().mean();
  }

  /**
   * Infidelity 1 - |&lt;prediction|target&gt;|^2 of real vectors, each scaled to length 1 first;
   * the mean over the batch.
   *
   * @param prediction {@code [batch, amplitudes]}
   * @param target {@code [batch, amplitudes]}
   */
  public static Variable infidelity(Variable prediction, Variable target) {
    same("infidelity", prediction, target);
    Shapes.require("infidelity", "prediction", prediction.shape, -1, -1);
    Variable overlap = prediction.mul(target).sum(-1);
    return oneMinusMean(overlap.square(), prediction, target);
  }

  /**
   * Infidelity 1 - |&lt;prediction|target&gt;|^2 of complex vectors, each scaled to length 1 first;
   * the mean over the batch.
   *
   * @param prediction {@code [batch, 2 amplitudes]}: all real parts, then all imaginary parts
   * @param target as the prediction
   */
  public static Variable complexInfidelity(Variable prediction, Variable target) {
    same("complexInfidelity", prediction, target);
    Shapes.require("complexInfidelity", "prediction", prediction.shape, -1, -1);
    long n = prediction.shape[1] / 2;
    if (prediction.shape[1] % 2 != 0) {
      throw new IllegalArgumentException(
          "complexInfidelity: as many imaginary as real parts are expected, found " + prediction);
    }
    Variable re = prediction.slice(1, 0, n);
    Variable im = prediction.slice(1, n, 2 * n);
    Variable targetRe = target.slice(1, 0, n);
    Variable targetIm = target.slice(1, n, 2 * n);
    // <p|t> = sum conj(p) t
    Variable overlapRe = re.mul(targetRe).add(im.mul(targetIm)).sum(-1);
    Variable overlapIm = re.mul(targetIm).sub(im.mul(targetRe)).sum(-1);
    return oneMinusMean(overlapRe.square().add(overlapIm.square()), prediction, target);
  }

  /**
   * Binary cross-entropy of logits, -t log s - (1 - t) log(1 - s) with s = sigmoid(logit), in a
   * form that is exact for large logits: max(x, 0) - x t + log(1 + exp(-|x|)); the mean over
   * everything.
   *
   * @param target from 0 to 1
   */
  public static Variable binaryCrossEntropy(Variable logits, Variable target) {
    same("binaryCrossEntropy", logits, target);
    Variable rest = logits.abs().neg().exp().add(1).log();
    return logits.relu().sub(logits.mul(target)).add(rest).mean();
  }

  private static Variable oneMinusMean(Variable overlap, Variable prediction, Variable target) {
    Variable norms = prediction.square().sum(-1).add(TINY).mul(target.square().sum(-1).add(TINY));
    return overlap.div(norms).mean().neg().add(1);
  }

  private static void same(String name, Variable prediction, Variable target) {
    Shapes.require(name, "target", target.shape, prediction.shape);
  }
}
