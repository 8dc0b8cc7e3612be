package dev.remap.jobs.evaluate;

import dev.remap.index.shard.Neighbor;
import dev.remap.index.shard.SearchResult;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.Searcher;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.segment.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Vectors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Exact search, the truth that approximate search is measured against: the parts are key ranges of
 * the vectors.
 */
record ExactSearcher(TaskStore store, Vectors vectors, List<Unit> units) implements Searcher {

  static ExactSearcher of(JobContext context, Vectors vectors) {
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
    return new OpenRange(rows);
  }

  private record OpenRange(List<VectorRow> rows) implements Part {
    @Override
    public Neighbors search(QueryBlock block, int k) {
      long start = System.nanoTime();
      List<List<Neighbor>> found = new ArrayList<>();
      for (int q = 0; q < block.size(); q++) {
        found.add(nearest(block.vectors(), q * block.dimension(), k));
      }
      return new Neighbors(block.ids(), SearchResult.of(found, k), System.nanoTime() - start);
    }

    private List<Neighbor> nearest(float[] queries, int offset, int k) {
      PriorityQueue<Neighbor> worstFirst = new PriorityQueue<>(Collections.reverseOrder());
      for (VectorRow row : rows) {
        Neighbor neighbor = new Neighbor(row.key(), distance(queries, offset, row.vector()));
        if (worstFirst.size() < k) {
          worstFirst.add(neighbor);
        } else if (neighbor.compareTo(worstFirst.peek()) < 0) {
          worstFirst.poll();
          worstFirst.add(neighbor);
        }
      }
      return worstFirst.stream().sorted().toList();
    }

    @Override
    public void close() {
      // The rows are garbage with the part.
    }
  }

  /** Squared L2 distance, summed in component order. */
  static float distance(float[] queries, int offset, float[] vector) {
    float sum = 0;
    for (int i = 0; i < vector.length; i++) {
      float difference = queries[offset + i] - vector[i];
      sum += difference * difference;
    }
    return sum;
  }
}
