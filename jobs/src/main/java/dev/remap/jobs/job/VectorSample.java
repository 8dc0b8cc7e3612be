package dev.remap.jobs.job;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.segment.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * A sample of a table of vectors, chosen by a hash of the keys: the same whatever the cut into
 * units and the number of executors, and spread over the whole catalogue.
 */
public final class VectorSample {
  /** Some more than wanted are drawn, so that chance does not leave fewer. */
  private static final double MARGIN = 1.1;

  private static final int SLACK = 64;

  private VectorSample() {}

  /** A vector and what it belongs to. */
  public record Entry(long key, String imageId, float[] vector) implements Serializable {}

  /**
   * The {@code wanted} entries whose keys have the lowest hashes, in the order of these; all if
   * there are fewer.
   */
  public static List<Entry> draw(JobContext context, Vectors vectors, long wanted, long seed) {
    long rows = vectors.rows(context);
    double share = Math.min(1, (wanted * MARGIN + SLACK) / Math.max(1, rows));
    List<Entry> drawn = new ArrayList<>(collect(context, vectors, new Below(share, seed)));
    drawn.sort(
        Comparator.comparingDouble((Entry entry) -> Mix.unit(entry.key, seed))
            .thenComparingLong(Entry::key));
    return drawn.subList(0, (int) Math.min(wanted, drawn.size()));
  }

  /** All entries whose key is wanted, in the order of keys. */
  public static <P extends LongPredicate & Serializable> List<Entry> collect(
      JobContext context, Vectors vectors, P wanted) {
    long perUnit = context.settings().integer("unit.images", 1, Integer.MAX_VALUE);
    List<Unit> units = vectors.units(context.store(), perUnit);
    List<Entry> entries = new ArrayList<>();
    new Units(context, "vectors")
        .run(
            units, vectors.rows(context), (unit, task) -> read(task.store(), vectors, unit, wanted))
        .forEach(entries::addAll);
    return entries;
  }

  /** The entries of one unit whose key is wanted. */
  public static ArrayList<Entry> read(
      Store store, Vectors vectors, Unit unit, LongPredicate wanted) {
    ArrayList<Entry> entries = new ArrayList<>();
    try (TableReader<VectorRow> rows =
        vectors.chain(store).table(store, vectors.format()).read(unit.range(), Verification.FULL)) {
      rows.forEachRemaining(
          row -> {
            if (wanted.test(row.key())) {
              entries.add(new Entry(row.key(), row.imageId(), row.vector()));
            }
          });
    }
    return entries;
  }

  /** The keys whose hash is below a share of the range of hashes. */
  record Below(double share, long seed) implements LongPredicate, Serializable {
    @Override
    public boolean test(long key) {
      return Mix.unit(key, seed) < share;
    }
  }
}
