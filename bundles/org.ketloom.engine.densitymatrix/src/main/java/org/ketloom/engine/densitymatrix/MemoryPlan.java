package org.ketloom.engine.densitymatrix;

import org.ketloom.api.engine.ExecutionPlan;

/**
 * What the backward sweep of a call keeps, and what it computes again. {@link KeptSteps} need the
 * block before them. Blocks of all samples are kept from the forward pass if they fit; if not, each
 * block is computed again when it is swept, as a whole or segment by segment.
 *
 * @param keepsAll whether all blocks of the forward pass are kept
 * @param segment steps with a kept block in a segment of the sweep
 * @param workerBlocks blocks that each thread holds
 * @param keptBlocks blocks that are kept from the forward pass
 * @param blockBytes memory of a block
 */
record MemoryPlan(
    boolean keepsAll, int segment, int workerBlocks, long keptBlocks, long blockBytes) {

  /**
   * Makes the plan.
   *
   * @param blocks of the batch
   * @param workers threads that work on blocks
   * @param heap bytes of the heap, of which a quarter may be filled with kept blocks
   */
  static MemoryPlan of(Compiler.Plan plan, int blocks, int workers, long heap) {
    int kept = plan.kept().count();
    long bytes = blockBytes(plan);
    int own = plan.postSelects() ? 4 : 2;
    double room = heap / 4.0 / bytes;
    if ((kept + 1.0) * blocks <= room) {
      return new MemoryPlan(true, kept, own, (kept + 1L) * blocks, bytes);
    }
    int segment = kept;
    if (workers * (kept + 1.0) > room && kept > 3) {
      segment = (int) Math.ceil(Math.sqrt(kept));
    }
    int boundaries = segment == 0 ? 0 : (kept + segment - 1) / segment;
    return new MemoryPlan(false, segment, own + segment + boundaries, 0, bytes);
  }

  static long blockBytes(Compiler.Plan plan) {
    return (long) plan.size() * Kernels.LANES * Double.BYTES;
  }

  /** Memory of threads and of what is kept. */
  double bytes(int workers) {
    return ((double) workerBlocks * workers + keptBlocks) * blockBytes;
  }

  /** One line for people. */
  String describe(int batch) {
    return "backward sweep of "
        + batch
        + (batch == 1 ? " sample: " : " samples: ")
        + (keepsAll
            ? keptBlocks + " blocks kept from the forward pass"
            : "blocks are computed again, in segments of " + segment + " kept steps")
        + ", "
        + ExecutionPlan.size((double) blockBytes)
        + " each";
  }
}
