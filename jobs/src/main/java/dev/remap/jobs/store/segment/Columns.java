package dev.remap.jobs.store.segment;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** The columns of one row group, read side by side; each call takes that column's next value. */
final class Columns {
  private final List<ColumnReader> readers;

  Columns(PageReadStore pages, MessageType schema, String createdBy) {
    ColumnReadStoreImpl store =
        new ColumnReadStoreImpl(pages, new Unconverted(schema), schema, createdBy);
    readers = schema.getColumns().stream().map(store::getColumnReader).toList();
  }

  int int32(int column) {
    ColumnReader reader = readers.get(column);
    int value = reader.getInteger();
    reader.consume();
    return value;
  }

  long int64(int column) {
    ColumnReader reader = readers.get(column);
    long value = reader.getLong();
    reader.consume();
    return value;
  }

  float float32(int column) {
    ColumnReader reader = readers.get(column);
    float value = reader.getFloat();
    reader.consume();
    return value;
  }

  boolean bool(int column) {
    ColumnReader reader = readers.get(column);
    boolean value = reader.getBoolean();
    reader.consume();
    return value;
  }

  OptionalLong optionalInt64(int column) {
    ColumnReader reader = readers.get(column);
    boolean present = isPresent(reader);
    OptionalLong value = present ? OptionalLong.of(reader.getLong()) : OptionalLong.empty();
    reader.consume();
    return value;
  }

  String text(int column) {
    ColumnReader reader = readers.get(column);
    String value = reader.getBinary().toStringUsingUTF8();
    reader.consume();
    return value;
  }

  /** A list of any length. */
  long[] int64s(int column) {
    LongStream.Builder values = LongStream.builder();
    list(column, reader -> values.add(reader.getLong()));
    return values.build().toArray();
  }

  /** A list of any length. */
  List<String> texts(int column) {
    List<String> values = new ArrayList<>();
    list(column, reader -> values.add(reader.getBinary().toStringUsingUTF8()));
    return values;
  }

  private void list(int column, Consumer<ColumnReader> element) {
    ColumnReader reader = readers.get(column);
    if (!isPresent(reader)) {
      reader.consume();
      return;
    }
    do {
      element.accept(reader);
      reader.consume();
    } while (reader.getCurrentRepetitionLevel() > 0);
  }

  /** A list of exactly that many values; none and a missing list are the same. */
  float[] floats(int column, int length) {
    ColumnReader reader = readers.get(column);
    float[] values = new float[length];
    if (startList(reader, length)) {
      for (int i = 0; i < length; i++) {
        values[i] = reader.getFloat();
        nextElement(reader, i, length);
      }
    }
    return values;
  }

  /** Reads a fixed number of doubles of the current row. */
  double[] doubles(int column, int length) {
    ColumnReader reader = readers.get(column);
    double[] values = new double[length];
    if (startList(reader, length)) {
      for (int i = 0; i < length; i++) {
        values[i] = reader.getDouble();
        nextElement(reader, i, length);
      }
    }
    return values;
  }

  private static boolean isPresent(ColumnReader reader) {
    return reader.getCurrentDefinitionLevel() == reader.getDescriptor().getMaxDefinitionLevel();
  }

  private static boolean startList(ColumnReader reader, int length) {
    boolean present = isPresent(reader);
    if (present != length > 0) {
      throw new IllegalArgumentException(
          "a list " + (present ? "has values" : "is empty") + " where " + length + " belong");
    }
    if (!present) {
      reader.consume();
    }
    return present;
  }

  private static void nextElement(ColumnReader reader, int i, int length) {
    reader.consume();
    boolean more = reader.getCurrentRepetitionLevel() > 0;
    if (more != i + 1 < length) {
      throw new IllegalArgumentException(
          "a list has " + (more ? "more" : "fewer") + " values than the " + length + " expected");
    }
  }

  /** Parquet wants converters for records; here the columns are read without any. */
  private static final class Unconverted extends GroupConverter {
    private final GroupType type;

    Unconverted(GroupType type) {
      this.type = type;
    }

    @Override
    public Converter getConverter(int field) {
      Type child = type.getType(field);
      return child.isPrimitive()
          ? new PrimitiveConverter() {}
          : new Unconverted(child.asGroupType());
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }
}
