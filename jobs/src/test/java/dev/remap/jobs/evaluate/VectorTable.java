package dev.remap.jobs.evaluate;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.table.Vectors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Tables of random vectors, written as the jobs write theirs. */
public final class VectorTable {
  public static final int DIMENSION = 4;

  private VectorTable() {}

  /** Rows with random keys, ascending, and coarse components, so that some distances are equal. */
  public static List<VectorRow> rows(int count, long seed) {
    Random random = new Random(seed);
    List<VectorRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] vector = new float[DIMENSION];
      for (int d = 0; d < DIMENSION; d++) {
        vector[d] = random.nextInt(7) - 3;
      }
      long key = random.nextLong() >>> 1;
      rows.add(new VectorRow(key, Change.PUT, "image " + i, "1@1", 4, 3, vector));
    }
    rows.sort(Comparator.comparingLong(VectorRow::key));
    return rows;
  }

  /** Writes a finished layer of them in units of about {@code perUnit}. */
  public static Vectors write(Store store, String whitening, List<VectorRow> rows, int perUnit) {
    int dimension = rows.isEmpty() ? DIMENSION : rows.get(0).vector().length;
    Vectors vectors = new Vectors(whitening, 1, dimension);
    Layer layer = vectors.layer(store);
    Plan plan = layer.createPlan(new Plan(Inputs.NONE, KeyPartitioner.even(rows.size(), perUnit)));
    for (Unit unit : plan.units()) {
      try (UnitWriter writer = new UnitWriter(layer, unit, new Attempt("test", 0), "test")) {
        SegmentWriter<VectorRow> segment =
            writer.segment(vectors.folder(), RowFormat.vectors(dimension), Map.of());
        rows.stream().filter(row -> unit.range().contains(row.key())).forEach(segment::write);
        writer.commit(Map.of("vectors", segment.rows()));
      }
    }
    layer.fold(plan, "test");
    return vectors;
  }
}
