package dev.remap.jobs.sample;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** Some stored vectors by their keys; of what holds none of them, nothing is read. */
public final class VectorsByKey {
  /** To read a unit through takes about as long as to find so many keys in it. */
  private static final int FEW = 16;

  private VectorsByKey() {}

  /** A vector and what it belongs to. */
  public record Entry(long key, String imageId, float[] vector) implements Serializable {
    static Entry of(VectorRow row) {
      return new Entry(row.key(), row.imageId(), row.vector());
    }
  }

  /** A table whose rows have vectors, opened where it is read. */
  private interface Rows extends Serializable {
    Table<VectorRow> of(Store store);
  }

  /** Those of the keys that there are, in the order of keys. */
  public static List<Entry> collect(JobContext context, Vectors vectors, Collection<Long> keys) {
    List<Unit> units = vectors.units(context);
    return collect(context, units, store -> table(store, vectors), keys);
  }

  /** The same of descriptors. */
  public static List<Entry> collect(
      JobContext context, Descriptors descriptors, Collection<Long> keys) {
    long rows = descriptors.rows(context);
    List<Unit> units = KeyPartitioner.even(rows, context.unitSize().ofRows(rows));
    return collect(
        context, units, store -> descriptors.chain(store).table(store, descriptors.format()), keys);
  }

  private static List<Entry> collect(
      JobContext context, List<Unit> units, Rows table, Collection<Long> keys) {
    return new UnitRunner(context, "vectors")
        .run(byUnit(units, keys), keys.size(), (some, task) -> read(task, table, some)).stream()
            .flatMap(List::stream)
            .toList();
  }

  /** The keys of each unit that has any, ascending. */
  private static ArrayList<long[]> byUnit(List<Unit> units, Collection<Long> keys) {
    long[] sorted = keys.stream().mapToLong(Long::longValue).sorted().distinct().toArray();
    ArrayList<long[]> byUnit = new ArrayList<>();
    int from = 0;
    for (Unit unit : units) {
      int to = from;
      while (to < sorted.length && sorted[to] <= unit.range().to()) {
        to++;
      }
      if (to > from) {
        byUnit.add(Arrays.copyOfRange(sorted, from, to));
      }
      from = to;
    }
    return byUnit;
  }

  private static ArrayList<Entry> read(UnitRunner.Task task, Rows table, long[] keys) {
    ArrayList<Entry> entries = new ArrayList<>();
    Consumer<VectorRow> add = row -> entries.add(Entry.of(row));
    if (keys.length <= FEW) {
      each(table.of(task.store()), keys, add);
    } else {
      KeyRange range = new KeyRange(keys[0], keys[keys.length - 1]);
      try (TableReader<VectorRow> rows = table.of(task.store()).read(range, Verification.LENGTH)) {
        rows.forEachRemaining(
            row -> {
              if (Arrays.binarySearch(keys, row.key()) >= 0) {
                add.accept(row);
              }
            });
      }
    }
    task.done().accept(keys.length);
    return entries;
  }

  /** Reads keys one by one, wherever they lie. */
  public static void each(Store store, Vectors vectors, long[] keys, Consumer<VectorRow> each) {
    each(table(store, vectors), keys, each);
  }

  private static void each(Table<VectorRow> table, long[] keys, Consumer<VectorRow> each) {
    for (long key : keys) {
      try (TableReader<VectorRow> rows = table.read(new KeyRange(key, key), Verification.LENGTH)) {
        rows.forEachRemaining(each);
      }
    }
  }

  private static Table<VectorRow> table(Store store, Vectors vectors) {
    return vectors.chain(store).table(store, vectors.format());
  }
}
