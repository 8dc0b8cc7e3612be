package dev.remap.jobs.store.segment;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import dev.remap.jobs.store.row.MomentRow;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.filter2.predicate.FilterPredicate;
import org.apache.parquet.filter2.predicate.Operators.IntColumn;
import org.apache.parquet.schema.Types;

final class MomentFormat extends RowFormat<MomentRow> {
  private static final String ROW = "row";
  private static final int VALUES = 2;

  private final int dimension;

  MomentFormat(int dimension) {
    super(
        "moments",
        Types.buildMessage()
            .required(INT32)
            .named(ROW)
            .required(INT64)
            .named("count")
            .addField(Types.requiredList().requiredElement(DOUBLE).named("values"))
            .named("moments"));
    if (dimension < 1) {
      throw new IllegalArgumentException("moments of " + dimension + " values: at least 1");
    }
    this.dimension = dimension;
  }

  @Override
  void check(MomentRow row) {
    int length = length(row.row());
    if (row.values().length != length) {
      throw new IllegalArgumentException(
          "Row " + row.row() + " of moments has " + row.values().length + " values, not " + length);
    }
    if (row.count() < 0) {
      throw new IllegalArgumentException("Moments of " + row.count() + " descriptors");
    }
    for (int i = 0; i < length; i++) {
      if (!Double.isFinite(row.values()[i])) {
        throw new IllegalArgumentException(
            "Row " + row.row() + " of moments has " + row.values()[i] + " as value " + i);
      }
    }
  }

  private int length(int row) {
    if (row < MomentRow.HEADER || row >= dimension) {
      throw new IllegalArgumentException(
          "Row " + row + " of moments of " + dimension + " dimensions: there is none");
    }
    return row == MomentRow.HEADER ? dimension : dimension - row;
  }

  @Override
  void write(MomentRow row, FieldWriter out) {
    out.int32(0, row.row());
    out.int64(1, row.count());
    out.doubles(VALUES, row.values());
  }

  @Override
  MomentRow read(Columns in) {
    int row = in.int32(0);
    long count = in.int64(1);
    return new MomentRow(row, count, in.doubles(VALUES, length(row)));
  }

  @Override
  boolean hasImageKeys() {
    return false;
  }

  @Override
  FilterPredicate keys(long from, long to) {
    IntColumn row = FilterApi.intColumn(ROW);
    return FilterApi.and(
        FilterApi.gtEq(row, Math.toIntExact(from)), FilterApi.ltEq(row, Math.toIntExact(to)));
  }

  /** Few, so that a task that sums some rows of the matrix reads hardly more than those. */
  @Override
  int pageRows() {
    return 32;
  }

  @Override
  boolean isNumeric() {
    return true;
  }
}
