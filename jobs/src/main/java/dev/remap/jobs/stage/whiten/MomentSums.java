package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.PairwiseSum;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.row.MomentRow;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The sums of all descriptors.
 *
 * @param count n, the descriptors summed
 * @param rows Σx, then the rows of the upper triangle of Σxxᵀ
 */
@SuppressWarnings("ArrayRecordComponent") // Carries numbers; never compared.
record MomentSums(long count, double[][] rows) implements Serializable {
  /** Not a copy: the sums must not be changed afterwards. */
  Moments moments() {
    return Moments.summed(count, rows[0], Arrays.copyOfRange(rows, 1, rows.length));
  }

  /** Sums of blocks and groups on their way together, as they arrive. */
  static final class Collected {
    private final int dimension;
    private final List<MomentBlock> blocks;
    private final List<Groups> byBlock;

    Collected(int dimension, int groups, List<MomentBlock> blocks) {
      this.dimension = dimension;
      this.blocks = blocks;
      this.byBlock = Stream.generate(() -> new Groups(groups)).limit(blocks.size()).toList();
    }

    void add(MomentSource.Piece piece, MomentBlock.Sum sum) {
      byBlock.get(piece.block().place()).add(piece.group(), sum);
    }

    MomentSums sums() {
      double[][] rows = new double[dimension + 1][];
      for (int row = MomentRow.HEADER; row < dimension; row++) {
        rows[row - MomentRow.HEADER] =
            new double[row == MomentRow.HEADER ? dimension : dimension - row];
      }
      long count = 0;
      for (MomentBlock block : blocks) {
        Optional<MomentBlock.Sum> sum = byBlock.get(block.place()).sum.sum();
        long its = sum.map(MomentBlock.Sum::count).orElse(0L);
        if (block.place() > 0 && its != count) {
          throw new JobFailedException(
              "Books of the moments do not balance: some rows of the matrix sum %,d descriptors,"
                  + " others %,d",
              count, its);
        }
        count = its;
        int first = block.from() - MomentRow.HEADER;
        sum.ifPresent(it -> System.arraycopy(it.rows(), 0, rows, first, it.rows().length));
      }
      return new MomentSums(count, rows);
    }
  }

  /** Of one block: the sums of groups in their order, whatever the order they come in. */
  private static final class Groups {
    private final PairwiseSum<MomentBlock.Sum> sum = new PairwiseSum<>(MomentBlock.Sum::plus);
    private final TreeMap<Integer, MomentBlock.Sum> early = new TreeMap<>();
    private final int groups;
    private int next;

    Groups(int groups) {
      this.groups = groups;
    }

    void add(int group, MomentBlock.Sum its) {
      early.put(group, its);
      while (next < groups && early.containsKey(next)) {
        MomentBlock.Sum arrived = early.remove(next);
        if (arrived.count() > 0) {
          sum.add(next, arrived);
        }
        next++;
      }
    }
  }
}
