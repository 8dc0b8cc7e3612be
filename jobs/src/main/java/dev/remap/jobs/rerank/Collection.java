package dev.remap.jobs.rerank;

import dev.remap.core.rerank.DatabaseAugmentation;
import dev.remap.core.rerank.VectorSum;
import dev.remap.jobs.sample.RowsByKey;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The vectors of images, by their keys. */
public sealed interface Collection extends Serializable {
  /**
   * Reads the table through once, or less.
   *
   * @param wanted keys in any order, some more than once, or {@link RowsByKey#NONE}
   * @return a vector for each, null where there is no key
   */
  float[][] read(Store store, long[] wanted);

  private static Table<VectorRow> table(Store store, Vectors vectors) {
    return vectors.chain(store).table(store, vectors.format());
  }

  /** As they are stored. */
  record Stored(Vectors vectors) implements Collection {
    @Override
    public float[][] read(Store store, long[] wanted) {
      float[][] read = new float[wanted.length][];
      RowsByKey.read(
          table(store, vectors), wanted, (position, row) -> read[position] = row.vector());
      return read;
    }
  }

  /**
   * Each augmented by its nearest in a graph: see {@link DatabaseAugmentation}. An image without
   * neighbours stays as it is.
   *
   * @param k nearest that are added
   */
  record Augmented(Vectors vectors, GraphRows graph, int k) implements Collection {
    /** Numbers of the sums that are in memory together: 128 MiB. */
    private static final int NUMBERS_AT_ONCE = 1 << 24;

    /** Vectors that are added up together, of which 28 bytes each are known: 112 MiB. */
    private static final int PARTS_AT_ONCE = 1 << 22;

    @Override
    public float[][] read(Store store, long[] wanted) {
      long[] keys =
          Arrays.stream(wanted).filter(key -> key != RowsByKey.NONE).sorted().distinct().toArray();
      float[][] augmented = new float[keys.length][];
      int[] filled = {0};
      forEach(store, keys, row -> augmented[filled[0]++] = row.vector());
      float[][] read = new float[wanted.length][];
      for (int i = 0; i < wanted.length; i++) {
        int at = wanted[i] == RowsByKey.NONE ? -1 : Arrays.binarySearch(keys, wanted[i]);
        read[i] = at < 0 ? null : augmented[at];
      }
      return read;
    }

    /**
     * Gives the stored row of each key with the augmented vector in the place of its own.
     *
     * @param keys rising; the table is read through once for every so many as are in memory
     */
    public void forEach(Store store, long[] keys, Consumer<VectorRow> each) {
      int together =
          Math.max(1, Math.min(NUMBERS_AT_ONCE / vectors.dimension(), PARTS_AT_ONCE / (k + 1)));
      for (int from = 0; from < keys.length; from += together) {
        some(store, Arrays.copyOfRange(keys, from, Math.min(keys.length, from + together)), each);
      }
    }

    /** Each vector is added where it belongs and forgotten. */
    private void some(Store store, long[] keys, Consumer<VectorRow> each) {
      KeyRange range = new KeyRange(keys[0], keys[keys.length - 1]);
      TreeMap<Long, GraphRows.Near> lists =
          graph.read(store, range, key -> Arrays.binarySearch(keys, key) >= 0, k);
      int width = k + 1;
      long[] parts = new long[Math.multiplyExact(keys.length, width)];
      Arrays.fill(parts, RowsByKey.NONE);
      VectorSum[] sums = new VectorSum[keys.length];
      for (int i = 0; i < keys.length; i++) {
        sums[i] = new VectorSum(vectors.dimension());
        parts[i * width] = keys[i];
        GraphRows.Near near = lists.get(keys[i]);
        if (near != null) {
          System.arraycopy(near.keys(), 0, parts, i * width + 1, near.keys().length);
        }
      }
      VectorRow[] own = new VectorRow[keys.length];
      RowsByKey.read(
          table(store, vectors),
          parts,
          (position, row) -> {
            int rank = position % width - 1;
            if (rank < 0) {
              own[position / width] = row;
            }
            sums[position / width].add(
                row.vector(), rank < 0 ? 1 : DatabaseAugmentation.weight(rank, k));
          });
      for (int i = 0; i < keys.length; i++) {
        each.accept(with(own[i], sums[i].normalized(own[i].vector())));
      }
    }

    private static VectorRow with(VectorRow own, float[] vector) {
      return new VectorRow(
          own.key(), own.change(), own.imageId(), own.version(), own.width(), own.height(), vector);
    }
  }

  /**
   * Augmented as they were prepared.
   *
   * @param folder of their layer
   */
  record Kept(String folder, int dimension) implements Collection {
    @Override
    public float[][] read(Store store, long[] wanted) {
      float[][] read = new float[wanted.length][];
      RowsByKey.read(
          new Table<>(store, RowFormat.augmented(dimension), List.of(Ledgers.of(store, folder))),
          wanted,
          (position, row) -> read[position] = row.vector());
      return read;
    }
  }
}
