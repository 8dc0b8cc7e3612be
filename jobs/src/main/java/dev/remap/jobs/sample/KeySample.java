package dev.remap.jobs.sample;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.HeaderRow;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A sample of a table that is found without reading the rest: the beginnings of equal parts of the
 * key space. Keys are hashes of image ids, so what lies there is drawn by chance, the same at every
 * number of units and executors.
 */
public final class KeySample {
  /** Some more than wanted are in the ranges, so that chance does not leave fewer. */
  private static final double MARGIN = 1.1;

  private static final int SLACK = 64;

  /** Ranges that are read at the same time. */
  private static final int RANGES = 16;

  private KeySample() {}

  /** A drawn row. */
  @SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
  public record Drawn(long key, float[] vector) implements Serializable {}

  /**
   * About {@code wanted} keys of a table, in the order of their hashes; all if there are fewer.
   * Ranges are read, not the table.
   */
  public static List<Long> draw(JobContext context, Vectors vectors, int wanted, long seed) {
    return drawn(
        context,
        vectors,
        wanted,
        seed,
        (range, task) -> keys(task.store(), vectors, range),
        key -> key);
  }

  /** What {@link #draw} gives, with the vectors. */
  public static List<Drawn> vectors(JobContext context, Vectors vectors, int wanted, long seed) {
    return drawn(
        context,
        vectors,
        wanted,
        seed,
        (range, task) -> rows(task.store(), vectors, range),
        Drawn::key);
  }

  private static <T> List<T> drawn(
      JobContext context,
      Vectors vectors,
      int wanted,
      long seed,
      UnitRunner.Work<KeyRange, ArrayList<T>> reading,
      ToLongFunction<T> key) {
    double share = share(wanted, vectors.rows(context));
    return new UnitRunner(context, "images")
        .run(ranges(RANGES, share), 0, reading).stream()
            .flatMap(List::stream)
            .sorted(
                Comparator.comparingDouble((T one) -> SplitMix64.unit(key.applyAsLong(one), seed))
                    .thenComparingLong(key))
            .limit(wanted)
            .toList();
  }

  private static ArrayList<Long> keys(Store store, Vectors vectors, KeyRange range) {
    ArrayList<Long> keys = new ArrayList<>();
    try (TableReader<HeaderRow> rows =
        vectors
            .chain(store)
            .table(store, RowFormat.headers(vectors.format()))
            .read(range, Verification.LENGTH)) {
      rows.forEachRemaining(row -> keys.add(row.key()));
    }
    return keys;
  }

  private static ArrayList<Drawn> rows(Store store, Vectors vectors, KeyRange range) {
    ArrayList<Drawn> rows = new ArrayList<>();
    try (TableReader<VectorRow> all =
        vectors.chain(store).table(store, vectors.format()).read(range, Verification.LENGTH)) {
      all.forEachRemaining(row -> rows.add(new Drawn(row.key(), row.vector())));
    }
    return rows;
  }

  /**
   * Which share of the keys to look at, to find about {@code wanted} rows and hardly ever fewer.
   */
  public static double share(long wanted, long rows) {
    return Math.min(1, (wanted * MARGIN + SLACK) / Math.max(1, rows));
  }

  /** The first {@code share} of each of {@code parts} equal parts. */
  public static List<KeyRange> ranges(int parts, double share) {
    List<KeyRange> ranges = new ArrayList<>();
    for (Unit part : KeyPartitioner.ranges(0, parts)) {
      KeyRange whole = part.range();
      double width = ((double) whole.to() - whole.from()) * share;
      long to = share >= 1 ? whole.to() : Math.min(whole.to(), whole.from() + (long) width);
      ranges.add(new KeyRange(whole.from(), to));
    }
    return ranges;
  }
}
