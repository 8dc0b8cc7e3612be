package dev.remap.jobs.store.segment;

import dev.remap.jobs.store.Utf8;
import java.util.List;
import java.util.function.IntConsumer;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/** Sends the fields of one row, in the order of the schema, to Parquet. */
final class FieldWriter {
  private final MessageType schema;
  private final RecordConsumer out;

  FieldWriter(MessageType schema, RecordConsumer out) {
    this.schema = schema;
    this.out = out;
  }

  void int32(int field, int value) {
    start(field);
    out.addInteger(value);
    end(field);
  }

  void int64(int field, long value) {
    start(field);
    out.addLong(value);
    end(field);
  }

  void float32(int field, float value) {
    start(field);
    out.addFloat(value);
    end(field);
  }

  void bool(int field, boolean value) {
    start(field);
    out.addBoolean(value);
    end(field);
  }

  void text(int field, String value) {
    start(field);
    out.addBinary(Binary.fromConstantByteBuffer(Utf8.encode(value)));
    end(field);
  }

  void int64s(int field, long[] values) {
    list(field, values.length, i -> out.addLong(values[i]));
  }

  void texts(int field, List<String> values) {
    list(
        field,
        values.size(),
        i -> out.addBinary(Binary.fromConstantByteBuffer(Utf8.encode(values.get(i)))));
  }

  void floats(int field, float[] values) {
    list(field, values.length, i -> out.addFloat(values[i]));
  }

  void doubles(int field, double[] values) {
    list(field, values.length, i -> out.addDouble(values[i]));
  }

  private void start(int field) {
    out.startField(schema.getFieldName(field), field);
  }

  private void end(int field) {
    out.endField(schema.getFieldName(field), field);
  }

  private void list(int field, int length, IntConsumer element) {
    start(field);
    out.startGroup();
    // Parquet has no field without a value.
    if (length > 0) {
      out.startField("list", 0);
      for (int i = 0; i < length; i++) {
        out.startGroup();
        out.startField("element", 0);
        element.accept(i);
        out.endField("element", 0);
        out.endGroup();
      }
      out.endField("list", 0);
    }
    out.endGroup();
    end(field);
  }
}
