package dev.remap.jobs.stage.publish;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.HeaderRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import scala.Tuple2;

/**
 * Tells which found images are not in both of two generations, in the same version. They are taken
 * out of what queries found: a catalogue that grows has more to be mistaken for, and that does not
 * make an index worse.
 *
 * @param rows of the larger table
 * @param tasks that look images up
 */
record UnsharedResults(TaskStore store, Vectors ours, Vectors theirs, long rows, int tasks)
    implements Serializable {
  private static final int CHUNK = 64;

  /** Headers that are read in the time that it takes to look one up. */
  private static final double SCANNED = 1_000;

  static UnsharedResults between(JobContext context, Generation ours, Generation theirs) {
    long rows = Math.max(ours.entries(context.store()), theirs.entries(context.store()));
    return new UnsharedResults(
        context.taskStore(),
        ours.vectors(),
        theirs.vectors(),
        rows,
        context.spark().defaultParallelism());
  }

  /** Of pairs of key and query, those whose key is a stranger. */
  JavaPairRDD<Long, Long> among(JavaPairRDD<Long, Long> found) {
    return found
        .partitionBy(new ByRange(tasks))
        .mapPartitionsToPair(pairs -> strangers(byKey(pairs)));
  }

  private static SortedMap<Long, List<Long>> byKey(Iterator<Tuple2<Long, Long>> pairs) {
    SortedMap<Long, List<Long>> queries = new TreeMap<>();
    pairs.forEachRemaining(
        pair -> queries.computeIfAbsent(pair._1(), key -> new ArrayList<>()).add(pair._2()));
    return queries;
  }

  private Iterator<Tuple2<Long, Long>> strangers(SortedMap<Long, List<Long>> queries) {
    Store opened = store.open();
    List<Long> keys = new ArrayList<>(queries.keySet());
    List<Tuple2<Long, Long>> strangers = new ArrayList<>();
    for (int i = 0; i < keys.size(); i += CHUNK) {
      List<Long> chunk = keys.subList(i, Math.min(keys.size(), i + CHUNK));
      Map<Long, String> left = versions(opened, ours, chunk);
      Map<Long, String> right = versions(opened, theirs, chunk);
      for (long key : chunk) {
        if (!left.containsKey(key) || !left.get(key).equals(right.get(key))) {
          queries.get(key).forEach(query -> strangers.add(new Tuple2<>(key, query)));
        }
      }
    }
    return strangers.iterator();
  }

  /** Reads what lies between the first and the last key if that is little, else one by one. */
  private Map<Long, String> versions(Store opened, Vectors vectors, List<Long> keys) {
    KeyRange all = new KeyRange(keys.get(0), keys.get(keys.size() - 1));
    double between = ((double) all.to() - all.from()) / Long.MAX_VALUE * rows;
    Map<Long, String> versions = new HashMap<>();
    if (between <= keys.size() * SCANNED) {
      read(opened, vectors, all, versions);
    } else {
      keys.forEach(key -> read(opened, vectors, new KeyRange(key, key), versions));
    }
    return versions;
  }

  private static void read(
      Store opened, Vectors vectors, KeyRange range, Map<Long, String> versions) {
    try (TableReader<HeaderRow> rows =
        vectors
            .chain(opened)
            .table(opened, RowFormat.headers(vectors.format()))
            .read(range, Verification.LENGTH)) {
      rows.forEachRemaining(row -> versions.put(row.key(), row.version()));
    }
  }

  /** Neighbouring keys go to one task. */
  private static final class ByRange extends Partitioner {
    private static final long serialVersionUID = 1;

    private final int parts;

    ByRange(int parts) {
      this.parts = parts;
    }

    @Override
    public int numPartitions() {
      return parts;
    }

    @Override
    public int getPartition(Object key) {
      return (int) Math.min(parts - 1, (Long) key / (Long.MAX_VALUE / parts));
    }
  }
}
