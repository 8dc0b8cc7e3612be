package dev.remap.jobs.stage.knn;

import dev.remap.core.whitening.Metric;
import dev.remap.jobs.sample.ExactScore;
import dev.remap.jobs.sample.RowsByKey;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.row.HeaderRow;
import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.table.Vectors;
import java.util.Map;

/**
 * The nearest of the images of one unit. Holds their vectors, and of each as many candidates as are
 * ranked: 4 bytes for each component and 36 for each candidate.
 *
 * @param folder the graph's layer
 * @param most neighbours that an image can have
 * @param depth candidates that are ranked by their stored vectors
 */
record KnnTask(
    String folder,
    Vectors vectors,
    Metric metric,
    ShardSearcher searcher,
    int most,
    int depth,
    String run)
    implements UnitRunner.Work<Unit, Long> {

  @Override
  public Long run(Unit unit, UnitRunner.Task task) {
    UnitQueries queries = UnitQueries.read(task.store(), vectors, unit.range());
    long[] candidates = queries.candidates(searcher, depth);
    float[] distances = distances(task.store(), queries, candidates);
    Nearest nearest = Nearest.of(candidates, distances, depth, most);
    String[] ids = new String[nearest.keys().length];
    RowsByKey.<HeaderRow>read(
        headers(task.store()), nearest.keys(), (position, row) -> ids[position] = row.imageId());
    return write(unit, task, queries, nearest, ids);
  }

  /** Squared, of each candidate to its query, by stored vectors. */
  private float[] distances(Store store, UnitQueries queries, long[] candidates) {
    float[] distances = new float[candidates.length];
    Table<VectorRow> table = vectors.chain(store).table(store, vectors.format());
    RowsByKey.read(
        table,
        candidates,
        (position, row) ->
            distances[position] =
                ExactScore.distance(queries.vector(position / depth), row.vector()));
    return distances;
  }

  private Table<HeaderRow> headers(Store store) {
    return vectors.chain(store).table(store, RowFormat.headers(vectors.format()));
  }

  private long write(
      Unit unit, UnitRunner.Task task, UnitQueries queries, Nearest nearest, String[] ids) {
    Layer layer = new Layer(task.store(), folder);
    Attempt attempt = new Attempt(run, task.attempt());
    try (UnitWriter writer = new UnitWriter(layer, unit, attempt, "knn")) {
      SegmentWriter<NeighborRow> segment =
          writer.segment(folder, RowFormat.neighbors(), Map.of("whitening", vectors.whitening()));
      long neighbours = 0;
      long few = 0;
      for (int i = 0; i < queries.size(); i++) {
        NeighborRow row =
            new NeighborRow(queries.key(i), queries.id(i), nearest.row(i, ids, metric));
        segment.write(row);
        neighbours += row.neighbors().size();
        few += row.neighbors().size() < most ? 1 : 0;
      }
      task.done().accept(queries.size());
      task.settle(
          writer.commit(
              Map.of(
                  KnnJob.IMAGES,
                  segment.rows(),
                  KnnJob.NEIGHBOURS,
                  neighbours,
                  KnnJob.SHORT,
                  few)));
      return segment.rows();
    }
  }
}
