package dev.remap.jobs.stage.publish;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Vectors;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.TaskCompletionListener;

/** Stored vectors as queries, each under its own key; one block is in memory at a time. */
final class StoredVectors implements Iterator<QueryBlock> {
  private static final int BLOCK = 256;

  private final TableReader<VectorRow> rows;

  private StoredVectors(Table<VectorRow> table, KeyRange range) {
    rows = table.read(range, Verification.LENGTH);
    TaskCompletionListener closing = task -> rows.close();
    TaskContext.get().addTaskCompletionListener(closing);
  }

  /** Those of some ranges of keys, one task each. */
  static JavaRDD<QueryBlock> of(
      JobContext context, Vectors vectors, LayerChain layers, List<KeyRange> ranges) {
    TaskStore store = context.taskStore();
    return context
        .spark()
        .parallelize(ranges, ranges.size())
        .flatMap(range -> new StoredVectors(layers.table(store.open(), vectors.format()), range));
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  @Override
  public QueryBlock next() {
    if (!rows.hasNext()) {
      throw new NoSuchElementException();
    }
    List<VectorRow> block = new ArrayList<>();
    while (block.size() < BLOCK && rows.hasNext()) {
      block.add(rows.next());
    }
    return QueryBlock.of(block, VectorRow::key, VectorRow::vector);
  }
}
