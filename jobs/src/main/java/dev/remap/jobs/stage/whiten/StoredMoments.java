package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.Moments;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.MomentRow;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.table.Descriptors;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The moments of one layer's units.
 *
 * @param dimension components D of a descriptor
 * @param units segments of those that keep Σxxᵀ, in the units' order
 * @param origin what they must have been computed from
 */
record StoredMoments(int dimension, List<SegmentRef> units, Map<String, String> origin)
    implements Serializable {
  /** Of a block's sums: more is read at once than summed, and a unit's segment may have 64 MiB. */
  static final long BLOCK_BYTES = 4L << 20;

  /**
   * Those of descriptors.
   *
   * @throws JobFailedException unless these lie in one layer
   */
  static StoredMoments of(Store store, Descriptors descriptors) {
    LayerChain chain = descriptors.chain(store);
    if (!chain.isFlat()) {
      // The stored moments of layers on layers count images that were replaced since.
      throw new JobFailedException(
          "The descriptors of snapshot %d lie in %d layers again: run this again, which writes them"
              + " as one",
          descriptors.snapshot(), chain.folders().size());
    }
    Ledger ledger = chain.newest(store);
    List<SegmentRef> units =
        ledger
            .segments("moments", KeyRange.ALL)
            .map(Ledger.Placed::segment)
            // A unit without products has its header row alone; n and Σx must belong to the same
            // images as Σxxᵀ.
            .filter(segment -> segment.rows() > 1)
            .toList();
    return new StoredMoments(descriptors.dimension(), units, new TreeMap<>(ledger.origin()));
  }

  /**
   * Sums them, blocks of rows in tasks of their own.
   *
   * @param blockBytes of the sums of one task, at the most
   */
  Sums sum(JobContext context, long blockBytes) {
    List<MomentBlock> blocks = MomentBlock.cut(dimension, blockBytes);
    double[][] rows = new double[dimension + 1][];
    long[] counts = new long[blocks.size()];
    new UnitRunner(context, "moments")
        .forEach(
            blocks,
            1,
            (block, task) -> block.sum(task.store(), this, blocks.size()),
            (place, sum) -> {
              counts[place] = sum.count();
              int first = blocks.get(place).from() - MomentRow.HEADER;
              System.arraycopy(sum.rows(), 0, rows, first, sum.rows().length);
            });
    for (long count : counts) {
      if (count != counts[0]) {
        throw new JobFailedException(
            "Books of the moments do not balance: some rows of the matrix sum %,d descriptors,"
                + " others %,d",
            counts[0], count);
      }
    }
    return new Sums(counts[0], rows);
  }

  /**
   * The sums of all units.
   *
   * @param count n, the descriptors summed
   * @param rows Σx, then the rows of the upper triangle of Σxxᵀ
   */
  @SuppressWarnings("ArrayRecordComponent") // Carries numbers; never compared.
  record Sums(long count, double[][] rows) implements Serializable {
    /** Not a copy: the sums must not be changed afterwards. */
    Moments moments() {
      return Moments.summed(count, rows[0], Arrays.copyOfRange(rows, 1, rows.length));
    }
  }
}
