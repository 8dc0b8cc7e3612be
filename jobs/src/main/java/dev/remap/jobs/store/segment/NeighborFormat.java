package dev.remap.jobs.store.segment;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.row.NeighborRow.Neighbor;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.Types;

/** Lists side by side, of which the i-th values belong together. */
final class NeighborFormat extends RowFormat<NeighborRow> {
  private static final int KEYS = 2;
  private static final int IDS = 3;
  private static final int SCORES = 4;

  NeighborFormat() {
    super(
        "neighbors",
        Types.buildMessage()
            .required(INT64)
            .named("key")
            .addField(text("image_id"))
            .addField(Types.requiredList().requiredElement(INT64).named("neighbor_keys"))
            .addField(
                Types.requiredList()
                    .requiredElement(BINARY)
                    .as(LogicalTypeAnnotation.stringType())
                    .named("neighbor_ids"))
            .addField(Types.requiredList().requiredElement(FLOAT).named("scores"))
            .named("neighbors"));
  }

  @Override
  void check(NeighborRow row) {
    checkId(row.imageId());
    float last = Float.POSITIVE_INFINITY;
    for (Neighbor neighbor : row.neighbors()) {
      // Also false for a NaN.
      if (!(neighbor.score() <= last) || neighbor.key() == row.key()) {
        throw new IllegalArgumentException(
            "Image '" + row.imageId() + "' has " + neighbor + " after a score of " + last);
      }
      last = neighbor.score();
    }
  }

  @Override
  void write(NeighborRow row, FieldWriter out) {
    List<Neighbor> neighbors = row.neighbors();
    float[] scores = new float[neighbors.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = neighbors.get(i).score();
    }
    out.int64(0, row.key());
    out.text(1, row.imageId());
    out.int64s(KEYS, neighbors.stream().mapToLong(Neighbor::key).toArray());
    out.texts(IDS, neighbors.stream().map(Neighbor::imageId).toList());
    out.floats(SCORES, scores);
  }

  @Override
  NeighborRow read(Columns in) {
    long key = in.int64(0);
    String imageId = in.text(1);
    long[] keys = in.int64s(KEYS);
    List<String> ids = in.texts(IDS);
    float[] scores = in.floats(SCORES, keys.length);
    if (ids.size() != keys.length) {
      throw new IllegalArgumentException(keys.length + " neighbours have " + ids.size() + " ids");
    }
    List<Neighbor> neighbors = new ArrayList<>(keys.length);
    for (int i = 0; i < keys.length; i++) {
      neighbors.add(new Neighbor(keys[i], ids.get(i), scores[i]));
    }
    return new NeighborRow(key, imageId, neighbors);
  }
}
