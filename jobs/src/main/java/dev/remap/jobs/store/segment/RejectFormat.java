package dev.remap.jobs.store.segment;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.RejectRow;
import java.util.OptionalLong;
import org.apache.parquet.schema.Types;

final class RejectFormat extends RowFormat<RejectRow> {
  RejectFormat() {
    super(
        "rejects",
        Types.buildMessage()
            .required(INT64)
            .named("key")
            .addField(text("image_id"))
            .addField(text("uri"))
            .addField(text("version"))
            .addField(text("stage"))
            .addField(text("kind"))
            .addField(text("reason"))
            .required(INT32)
            .named("attempts")
            .optional(INT64)
            .named("offset")
            .optional(INT64)
            .named("length")
            .addField(text("change"))
            .named("rejects"));
  }

  @Override
  void check(RejectRow row) {
    checkId(row.imageId());
    if (row.attempts() < 1 && row.change() == Change.PUT) {
      throw new IllegalArgumentException(
          "Image '" + row.imageId() + "' was rejected after " + row.attempts() + " attempts");
    }
  }

  @Override
  void write(RejectRow row, FieldWriter out) {
    out.int64(0, row.key());
    out.text(1, row.imageId());
    out.text(2, row.uri());
    out.text(3, row.version());
    out.text(4, row.stage());
    out.text(5, name(row.kind()));
    out.text(6, row.reason());
    out.int32(7, row.attempts());
    row.offset().ifPresent(offset -> out.int64(8, offset));
    row.length().ifPresent(length -> out.int64(9, length));
    out.text(10, name(row.change()));
  }

  @Override
  RejectRow read(Columns in) {
    long key = in.int64(0);
    String imageId = in.text(1);
    String uri = in.text(2);
    String version = in.text(3);
    String stage = in.text(4);
    RejectRow.Kind kind = value(RejectRow.Kind.class, in.text(5));
    String reason = in.text(6);
    int attempts = in.int32(7);
    OptionalLong offset = in.optionalInt64(8);
    OptionalLong length = in.optionalInt64(9);
    Change change = value(Change.class, in.text(10));
    return new RejectRow(
        key, change, imageId, uri, version, offset, length, stage, kind, reason, attempts);
  }
}
