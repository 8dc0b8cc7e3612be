package dev.remap.jobs.store.segment;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.VectorRow;
import org.apache.parquet.schema.Types;

final class VectorFormat extends RowFormat<VectorRow> {
  private static final int VECTOR = 6;

  private final int dimension;
  private final int pageBytes;

  VectorFormat(String table, String column, int dimension, int pageBytes) {
    super(
        table,
        Types.buildMessage()
            .required(INT64)
            .named("key")
            .addField(text("image_id"))
            .addField(text("version"))
            .addField(text("kind"))
            .required(INT32)
            .named("width")
            .required(INT32)
            .named("height")
            .addField(Types.optionalList().requiredElement(FLOAT).named(column))
            .named(table));
    if (dimension < 1) {
      throw new IllegalArgumentException(table + " of " + dimension + " values: at least 1");
    }
    this.dimension = dimension;
    this.pageBytes = pageBytes;
  }

  @Override
  void check(VectorRow row) {
    checkId(row.imageId());
    if (row.change() == Change.PUT) {
      checkPut(row);
    } else if (row.vector().length != 0) {
      throw new IllegalArgumentException(
          "The delete of image '" + row.imageId() + "' carries a vector");
    }
  }

  private void checkPut(VectorRow row) {
    // A vector that was given has no image, and no size.
    if (row.width() < 0 || row.height() < 0 || (row.width() == 0) != (row.height() == 0)) {
      throw new IllegalArgumentException(
          "Image '" + row.imageId() + "' is " + row.width() + "x" + row.height() + " pixels");
    }
    if (row.vector().length != dimension) {
      throw new IllegalArgumentException(
          "Image '"
              + row.imageId()
              + "' has "
              + row.vector().length
              + " values where "
              + table()
              + " have "
              + dimension);
    }
    for (int i = 0; i < dimension; i++) {
      if (!Float.isFinite(row.vector()[i])) {
        throw new IllegalArgumentException(
            "Image '" + row.imageId() + "' has " + row.vector()[i] + " as value " + i);
      }
    }
  }

  @Override
  void write(VectorRow row, FieldWriter out) {
    out.int64(0, row.key());
    out.text(1, row.imageId());
    out.text(2, row.version());
    out.text(3, name(row.change()));
    out.int32(4, row.width());
    out.int32(5, row.height());
    if (row.change() == Change.PUT) {
      out.floats(VECTOR, row.vector());
    }
  }

  @Override
  VectorRow read(Columns in) {
    long key = in.int64(0);
    String imageId = in.text(1);
    String version = in.text(2);
    Change change = value(Change.class, in.text(3));
    int width = in.int32(4);
    int height = in.int32(5);
    float[] vector = in.floats(VECTOR, change == Change.PUT ? dimension : 0);
    return new VectorRow(key, change, imageId, version, width, height, vector);
  }

  @Override
  boolean isNumeric() {
    return true;
  }

  @Override
  int pageBytes() {
    return pageBytes;
  }

  /** As many as make a page of values, but not so few that the other columns' pages are tiny. */
  @Override
  int pageRows() {
    return Math.max(256, Math.min(super.pageRows(), pageBytes / (Float.BYTES * dimension)));
  }
}
