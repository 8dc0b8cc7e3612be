package dev.remap.jobs.store.segment;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import dev.remap.jobs.store.row.DuplicateRow;
import org.apache.parquet.schema.Types;

final class DuplicateFormat extends RowFormat<DuplicateRow> {
  DuplicateFormat() {
    super(
        "duplicates",
        Types.buildMessage()
            .required(INT64)
            .named("group")
            .required(INT64)
            .named("key")
            .addField(text("image_id"))
            .required(BOOLEAN)
            .named("kept")
            .required(INT64)
            .named("kept_key")
            .addField(text("kept_id"))
            .required(FLOAT)
            .named("score")
            .named("duplicates"));
  }

  @Override
  void check(DuplicateRow row) {
    checkId(row.imageId());
    checkId(row.keptId());
    if (!Float.isFinite(row.score()) || row.group() > Math.min(row.key(), row.kept())) {
      throw new IllegalArgumentException("Nothing is a near copy like this: " + row);
    }
  }

  @Override
  void write(DuplicateRow row, FieldWriter out) {
    out.int64(0, row.group());
    out.int64(1, row.key());
    out.text(2, row.imageId());
    out.bool(3, row.isKept());
    out.int64(4, row.kept());
    out.text(5, row.keptId());
    out.float32(6, row.score());
  }

  @Override
  DuplicateRow read(Columns in) {
    long group = in.int64(0);
    long key = in.int64(1);
    String imageId = in.text(2);
    boolean isKept = in.bool(3);
    long kept = in.int64(4);
    String keptId = in.text(5);
    DuplicateRow row = new DuplicateRow(key, imageId, group, kept, keptId, in.float32(6));
    if (row.isKept() != isKept) {
      throw new IllegalArgumentException("whether " + imageId + " is kept contradicts its key");
    }
    return row;
  }
}
