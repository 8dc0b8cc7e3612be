package dev.remap.jobs.sample;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A sample of a table of vectors, chosen by a hash of the keys: the same whatever the cut into
 * units and the number of executors, and spread over the whole catalogue. The driver's heap holds
 * it once, and beside it only what has just arrived.
 */
public final class TrainingSample {
  private TrainingSample() {}

  /** The vectors of one unit that may be wanted, one after the other. */
  private record Drawn(long[] keys, float[] vectors) implements Serializable {}

  /**
   * The vectors of the {@code wanted} keys with the lowest hashes, in the order of these, one after
   * the other; all if there are fewer.
   */
  public static float[] draw(JobContext context, Vectors vectors, int wanted, long seed) {
    long rows = vectors.rows(context);
    double share = KeySample.share(wanted, rows);
    BottomKSample lowest =
        new BottomKSample((int) Math.min(wanted, rows), vectors.dimension(), seed);
    new UnitRunner(context, "vectors")
        .forEach(
            vectors.units(context),
            rows,
            (unit, task) -> read(task.store(), vectors, unit, share, seed),
            (index, drawn) -> lowest.offer(drawn.keys, drawn.vectors));
    return lowest.sorted();
  }

  private static Drawn read(Store store, Vectors vectors, Unit unit, double share, long seed) {
    List<VectorRow> drawn = rows(store, vectors, unit, share, seed);
    return new Drawn(keys(drawn), together(drawn));
  }

  /** Rows of one unit whose hashes are below {@code share}, by key. */
  static List<VectorRow> rows(Store store, Vectors vectors, Unit unit, double share, long seed) {
    List<VectorRow> drawn = new ArrayList<>();
    try (TableReader<VectorRow> rows =
        vectors.chain(store).table(store, vectors.format()).read(unit.range(), Verification.FULL)) {
      rows.forEachRemaining(
          row -> {
            if (SplitMix64.unit(row.key(), seed) < share) {
              drawn.add(row);
            }
          });
    }
    return drawn;
  }

  static long[] keys(List<VectorRow> rows) {
    return rows.stream().mapToLong(VectorRow::key).toArray();
  }

  /** Their vectors, one after the other. */
  static float[] together(List<VectorRow> rows) {
    int dimension = rows.isEmpty() ? 0 : rows.get(0).vector().length;
    float[] vectors = new float[rows.size() * dimension];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i).vector(), 0, vectors, i * dimension, dimension);
    }
    return vectors;
  }
}
