package dev.remap.jobs.store.segment;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.SnapshotRow;
import java.util.OptionalLong;
import org.apache.parquet.schema.Types;

final class SnapshotFormat extends RowFormat<SnapshotRow> {
  SnapshotFormat() {
    super(
        "snapshot",
        Types.buildMessage()
            .required(INT64)
            .named("key")
            .addField(text("image_id"))
            .addField(text("uri"))
            .addField(text("version"))
            .optional(INT64)
            .named("offset")
            .optional(INT64)
            .named("length")
            .addField(text("kind"))
            .named("snapshot"));
  }

  @Override
  void check(SnapshotRow row) {
    checkId(row.imageId());
    if (row.change() == Change.PUT && row.uri().isEmpty()) {
      throw new IllegalArgumentException("Image '" + row.imageId() + "' has no URI");
    }
    if (row.offset().orElse(0) < 0 || row.length().orElse(0) < 0) {
      throw new IllegalArgumentException(
          "Image '" + row.imageId() + "' has a negative offset or length");
    }
  }

  @Override
  void write(SnapshotRow row, FieldWriter out) {
    out.int64(0, row.key());
    out.text(1, row.imageId());
    out.text(2, row.uri());
    out.text(3, row.version());
    row.offset().ifPresent(offset -> out.int64(4, offset));
    row.length().ifPresent(length -> out.int64(5, length));
    out.text(6, name(row.change()));
  }

  @Override
  SnapshotRow read(Columns in) {
    long key = in.int64(0);
    String imageId = in.text(1);
    String uri = in.text(2);
    String version = in.text(3);
    OptionalLong offset = in.optionalInt64(4);
    OptionalLong length = in.optionalInt64(5);
    Change change = value(Change.class, in.text(6));
    return new SnapshotRow(key, change, imageId, uri, version, offset, length);
  }
}
