package dev.remap.jobs.stage.whiten;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.sample.MomentParts;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.table.Descriptors;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the moments of descriptors come from: what their units stored, or the descriptors
 * themselves. Both add along the tree of {@link MomentParts}, so both make the same bits.
 */
interface MomentSource extends Serializable {
  /** Of a block's sums: more is read at once than summed, and a unit's segment may have 64 MiB. */
  long BLOCK_BYTES = 4L << 20;

  /** Components D of a descriptor. */
  int dimension();

  /** In how many groups of keys, a power of two, the sums of a block may be made side by side. */
  int groups();

  /**
   * Sums a block of the matrix's rows over a group of keys.
   *
   * @param blocks into which all rows are cut
   */
  MomentBlock.Sum sum(Store store, int group, MomentBlock block, int blocks);

  /**
   * Those of descriptors.
   *
   * @throws JobFailedException unless these lie in one layer
   */
  static MomentSource of(Store store, Descriptors descriptors) {
    LayerChain chain = descriptors.chain(store);
    if (!chain.isFlat()) {
      // The stored moments of layers on layers count images that were replaced since.
      throw new JobFailedException(
          "The descriptors of snapshot %d lie in %d layers again: run this again, which writes them"
              + " as one",
          descriptors.snapshot(), chain.folders().size());
    }
    Ledger ledger = chain.newest(store);
    MomentParts parts = MomentParts.of(ledger.inputs(), descriptors.dimension());
    return ledger.units().stream().allMatch(unit -> parts.areKept(unit.range()))
        ? StoredMoments.of(ledger, descriptors.dimension())
        : DescriptorMoments.of(chain, descriptors, parts);
  }

  /** A piece of the work. */
  record Piece(int group, MomentBlock block) implements Serializable {}

  /**
   * Sums all, blocks of rows of groups of keys in tasks of their own.
   *
   * @param blockBytes of the sums of one task, at the most
   */
  default MomentSums sum(JobContext context, long blockBytes) {
    List<MomentBlock> blocks = MomentBlock.cut(dimension(), blockBytes);
    List<Piece> pieces = new ArrayList<>();
    for (MomentBlock block : blocks) {
      for (int group = 0; group < groups(); group++) {
        pieces.add(new Piece(group, block));
      }
    }
    MomentSums.Collected all = new MomentSums.Collected(dimension(), groups(), blocks);
    MomentSource source = this;
    int number = blocks.size();
    new UnitRunner(context, "moments")
        .forEach(
            pieces,
            pieces.size(),
            (piece, task) -> {
              MomentBlock.Sum sum = source.sum(task.store(), piece.group, piece.block, number);
              task.done().accept(1);
              return sum;
            },
            (place, sum) -> all.add(pieces.get(place), sum));
    return all.sums();
  }
}
