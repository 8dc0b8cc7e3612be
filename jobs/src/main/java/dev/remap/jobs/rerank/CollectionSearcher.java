package dev.remap.jobs.rerank;

import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.search.Searcher;
import dev.remap.jobs.search.VectorRange;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.HeaderRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Vectors;
import java.util.ArrayList;
import java.util.List;

/**
 * Exact search in vectors that a collection makes of the stored ones: the parts are key ranges.
 * Opening one reads all vectors once.
 */
record CollectionSearcher(
    TaskStore store, Vectors vectors, ArrayList<Unit> units, Collection collection)
    implements Searcher {
  @Override
  public int parts() {
    return units.size();
  }

  @Override
  public Part open(int part) {
    Store opened = store.open();
    List<Long> keys = new ArrayList<>();
    try (TableReader<HeaderRow> rows =
        vectors
            .chain(opened)
            .table(opened, RowFormat.headers(vectors.format()))
            .read(units.get(part).range(), Verification.LENGTH)) {
      rows.forEachRemaining(row -> keys.add(row.key()));
    }
    long[] wanted = keys.stream().mapToLong(Long::longValue).toArray();
    return new VectorRange(wanted, collection.read(opened, wanted));
  }
}
