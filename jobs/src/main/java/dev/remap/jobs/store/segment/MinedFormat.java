package dev.remap.jobs.store.segment;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;

import dev.remap.jobs.store.row.MinedRow;
import dev.remap.jobs.store.row.MinedRow.Role;
import org.apache.parquet.schema.Types;

/** For people who look at it, so it has no keys; tuple, role and rank are in their place. */
final class MinedFormat extends RowFormat<MinedRow> {
  MinedFormat() {
    super(
        "mined",
        Types.buildMessage()
            .required(INT32)
            .named("tuple")
            .addField(text("role"))
            .required(INT32)
            .named("rank")
            .addField(text("image_id"))
            .addField(text("group"))
            .named("mined"));
  }

  @Override
  void check(MinedRow row) {
    checkId(row.imageId());
    boolean isRanked = row.rank() > 0;
    if (row.tuple() < 0 || row.rank() < 0 || isRanked != (row.role() == Role.NEGATIVE)) {
      throw new IllegalArgumentException("No image of a tuple is like this: " + row);
    }
  }

  @Override
  void write(MinedRow row, FieldWriter out) {
    out.int32(0, row.tuple());
    out.text(1, name(row.role()));
    out.int32(2, row.rank());
    out.text(3, row.imageId());
    out.text(4, row.group());
  }

  @Override
  MinedRow read(Columns in) {
    int tuple = in.int32(0);
    Role role = value(Role.class, in.text(1));
    int rank = in.int32(2);
    String imageId = in.text(3);
    MinedRow row = new MinedRow(tuple, role, rank, imageId, in.text(4));
    check(row);
    return row;
  }

  @Override
  boolean hasImageKeys() {
    return false;
  }
}
