package dev.remap.jobs.rerank;

import dev.remap.core.rerank.DatabaseAugmentation;
import dev.remap.core.rerank.VectorSum;
import dev.remap.jobs.sample.RowsByKey;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.VectorRow;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.util.Arrays;
import java.util.TreeMap;

/** The vectors of images, by their keys. */
sealed interface Collection extends Serializable {
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
    @Override
    public float[][] read(Store store, long[] wanted) {
      long[] keys =
          Arrays.stream(wanted).filter(key -> key != RowsByKey.NONE).sorted().distinct().toArray();
      float[][] augmented = keys.length == 0 ? new float[0][] : augmented(store, keys);
      float[][] read = new float[wanted.length][];
      for (int i = 0; i < wanted.length; i++) {
        int at = wanted[i] == RowsByKey.NONE ? -1 : Arrays.binarySearch(keys, wanted[i]);
        read[i] = at < 0 ? null : augmented[at];
      }
      return read;
    }

    /** Of rising keys; each vector is added where it belongs and forgotten. */
    private float[][] augmented(Store store, long[] keys) {
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
      float[][] own = new float[keys.length][];
      RowsByKey.read(
          table(store, vectors),
          parts,
          (position, row) -> {
            int rank = position % width - 1;
            if (rank < 0) {
              own[position / width] = row.vector();
            }
            sums[position / width].add(
                row.vector(), rank < 0 ? 1 : DatabaseAugmentation.weight(rank, k));
          });
      float[][] augmented = new float[keys.length][];
      for (int i = 0; i < keys.length; i++) {
        augmented[i] = sums[i].normalized(own[i]);
      }
      return augmented;
    }
  }
}
