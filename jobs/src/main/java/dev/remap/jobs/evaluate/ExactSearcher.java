package dev.remap.jobs.evaluate;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.search.Searcher;
import dev.remap.jobs.search.VectorRange;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Vectors;
import java.util.ArrayList;
import java.util.List;

/**
 * Exact search, the truth that approximate search is measured against: the parts are key ranges of
 * the vectors.
 */
public record ExactSearcher(TaskStore store, Vectors vectors, List<Unit> units)
    implements Searcher {

  /** A searcher of these vectors. */
  public static ExactSearcher of(JobContext context, Vectors vectors) {
    return new ExactSearcher(context.taskStore(), vectors, new ArrayList<>(vectors.units(context)));
  }

  @Override
  public int parts() {
    return units.size();
  }

  @Override
  public Part open(int part) {
    List<VectorRow> rows = new ArrayList<>();
    Store opened = store.open();
    try (TableReader<VectorRow> reader =
        vectors
            .chain(opened)
            .table(opened, vectors.format())
            .read(units.get(part).range(), Verification.FULL)) {
      reader.forEachRemaining(rows::add);
    }
    return new VectorRange(
        rows.stream().mapToLong(VectorRow::key).toArray(),
        rows.stream().map(VectorRow::vector).toArray(float[][]::new));
  }
}
