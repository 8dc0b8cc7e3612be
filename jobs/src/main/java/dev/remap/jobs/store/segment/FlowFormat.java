package dev.remap.jobs.store.segment;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import dev.remap.jobs.store.row.FlowRow;
import org.apache.parquet.schema.Types;

/** Two lists side by side, of which the i-th values belong together; small pages, as vectors. */
final class FlowFormat extends RowFormat<FlowRow> {
  private static final int KEYS = 2;
  private static final int FLOWS = 3;
  private static final int PAGE_BYTES = 1 << 16;
  private static final int PAGE_ROWS = 64;

  FlowFormat() {
    super(
        "flows",
        Types.buildMessage()
            .required(INT64)
            .named("key")
            .addField(text("image_id"))
            .addField(Types.requiredList().requiredElement(INT64).named("keys"))
            .addField(Types.requiredList().requiredElement(FLOAT).named("flows"))
            .named("flows"));
  }

  @Override
  void check(FlowRow row) {
    checkId(row.imageId());
    if (row.keys().length != row.flows().length) {
      throw new IllegalArgumentException(
          row.keys().length + " images have " + row.flows().length + " flows");
    }
    if (row.keys().length == 0 || row.keys()[0] != row.key()) {
      throw new IllegalArgumentException(
          "Image '" + row.imageId() + "' is not the first of its own row");
    }
    for (float flow : row.flows()) {
      if (!Float.isFinite(flow) || flow == 0) {
        throw new IllegalArgumentException("Image '" + row.imageId() + "' has a flow of " + flow);
      }
    }
  }

  @Override
  void write(FlowRow row, FieldWriter out) {
    out.int64(0, row.key());
    out.text(1, row.imageId());
    out.int64s(KEYS, row.keys());
    out.floats(FLOWS, row.flows());
  }

  @Override
  FlowRow read(Columns in) {
    long key = in.int64(0);
    String imageId = in.text(1);
    long[] keys = in.int64s(KEYS);
    return new FlowRow(key, imageId, keys, in.floats(FLOWS, keys.length));
  }

  @Override
  int pageBytes() {
    return PAGE_BYTES;
  }

  @Override
  int pageRows() {
    return PAGE_ROWS;
  }
}
