package dev.remap.jobs.store.segment;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import dev.remap.jobs.store.row.LabelRow;
import dev.remap.jobs.store.row.LabelRow.Verdict;
import java.util.Arrays;
import org.apache.parquet.schema.Types;

final class LabelFormat extends RowFormat<LabelRow> {
  LabelFormat() {
    super(
        "labels",
        Types.buildMessage()
            .required(INT64)
            .named("key")
            .addField(text("image_id"))
            .addField(text("group"))
            .required(BOOLEAN)
            .named("kept")
            .addField(text("reason"))
            .required(INT32)
            .named("part")
            .required(INT32)
            .named("matches")
            .named("labels"));
  }

  @Override
  void check(LabelRow row) {
    checkId(row.imageId());
    // Matches lie in its part, beside itself.
    boolean fits = row.matches() >= 0 && row.matches() <= Math.max(0, row.part() - 1);
    if (!fits || (row.isKept() && row.part() < 2) || row.group().isEmpty()) {
      throw new IllegalArgumentException("No label is like this: " + row);
    }
  }

  @Override
  void write(LabelRow row, FieldWriter out) {
    out.int64(0, row.key());
    out.text(1, row.imageId());
    out.text(2, row.group());
    out.bool(3, row.isKept());
    out.text(4, row.verdict().reason());
    out.int32(5, row.part());
    out.int32(6, row.matches());
  }

  @Override
  LabelRow read(Columns in) {
    long key = in.int64(0);
    String imageId = in.text(1);
    String group = in.text(2);
    boolean isKept = in.bool(3);
    LabelRow row = new LabelRow(key, imageId, group, verdict(in.text(4)), in.int32(5), in.int32(6));
    if (row.isKept() != isKept) {
      throw new IllegalArgumentException("whether " + imageId + " is kept contradicts its reason");
    }
    return row;
  }

  private static Verdict verdict(String reason) {
    return Arrays.stream(Verdict.values())
        .filter(verdict -> verdict.reason().equals(reason))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("'" + reason + "' is no known reason"));
  }
}
