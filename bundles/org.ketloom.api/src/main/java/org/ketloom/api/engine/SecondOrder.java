package org.ketloom.api.engine;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Products with second derivatives, and the Fisher information, of a compiled circuit: for
 * natural-gradient and Newton-like training, and for the study of loss landscapes. May be used by
 * several threads at once; results don't depend on the number of threads that work for it.
 *
 * <pre>{@code
 * SecondOrder second = program.secondOrder();
 * double[] gradient = evaluation.vjp(cotangents).weights();
 * // The Hessian times the gradient: the curvature along the step that is about to be made.
 * double[] curved = second.hvp(inputs, cotangents, Direction.ofWeights(gradient)).weights();
 * // The metric of each layer's weights: solve it for that part of the gradient.
 * List<int[]> layers = WeightBlocks.byLayer(program.circuit());
 * List<double[]> metrics = second.metric(inputs, layers);
 * }</pre>
 *
 * <p>Below, {@code y_k} are the outputs, {@code x} is all that {@link Inputs} hold, {@code psi(x)}
 * the state before it is read, {@code v} the {@link Direction}. Every method throws {@link
 * IllegalArgumentException} as {@link Program#values} does, and if an array of the direction has
 * the wrong length or a value that is NaN or infinite.
 *
 * <p>Experimental: no part of Ketloom uses it yet, and the next version may change it.
 */
@ProviderType
public interface SecondOrder {

  /**
   * Derivatives of the values along the direction, {@code sum_i v_i dy_k/dx_i}: a Jacobian-vector
   * product.
   *
   * @return row-major {@code [batch][outputs]}
   */
  double[] jvp(Inputs inputs, Direction direction);

  /**
   * The derivative along the direction of what {@link Evaluation#vjp} gives for the same
   * cotangents: the product {@code H v} with the Hessian of {@code L = sum over samples b and
   * outputs k of cotangents[b][k] * y[b][k]}, by forward-over-reverse differentiation (Pearlmutter,
   * Neural Computation 6, 147, 1994).
   *
   * <p>For a loss {@code l(y)} that isn't linear, {@code H v} is this with {@code cotangents =
   * dl/dy}, plus {@link Evaluation#vjp} of the second derivatives of l times {@link #jvp}.
   *
   * @param cotangents row-major {@code [batch][outputs]}
   */
  Gradients hvp(Inputs inputs, double[] cotangents, Direction direction);

  /**
   * The Fubini-Study metric times the direction. The metric of a sample's state is
   *
   * <pre>g_ij = Re(&lt;d_i psi|d_j psi&gt; - &lt;d_i psi|psi&gt;&lt;psi|d_j psi&gt;)</pre>
   *
   * <p>with derivatives by weights, features (prepared amplitudes included) and per-sample angles.
   * The quantum Fisher information of a pure state is {@code 4 g} (Liu et al., J. Phys. A 53,
   * 023001, arXiv 1907.08037, section 2). Hermitian entries don't move the state: their part is 0.
   *
   * @return {@code g v}: the weights' part summed over the batch, the others per sample
   */
  Gradients metricProduct(Inputs inputs, Direction direction);

  /**
   * The Fubini-Study metric of the weights, restricted to blocks of them, summed over the batch
   * (Stokes et al., Quantum 4, 269, arXiv 1909.02108, section 3; the block-diagonal approximation
   * keeps the blocks of its layers). A natural-gradient step is {@code w - rate * (g + epsilon)^-1
   * dL/dw}, block by block.
   *
   * @param blocks indices of weights, no index twice in a block; see {@link WeightBlocks}
   * @return for each block of k weights its symmetric matrix, row-major {@code [k][k]}
   * @throws IllegalArgumentException naming the block with an index that is unknown or repeated
   */
  List<double[]> metric(Inputs inputs, List<int[]> blocks);
}
