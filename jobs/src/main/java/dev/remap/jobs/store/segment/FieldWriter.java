package dev.remap.jobs.store.segment;

import dev.remap.jobs.store.Utf8;
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

  void text(int field, String value) {
    start(field);
    out.addBinary(Binary.fromConstantByteBuffer(Utf8.encode(value)));
    end(field);
  }

  void floats(int field, float[] values) {
    startList(field);
    for (float value : values) {
      startElement();
      out.addFloat(value);
      endElement();
    }
    endList(field);
  }

  void doubles(int field, double[] values) {
    startList(field);
    for (double value : values) {
      startElement();
      out.addDouble(value);
      endElement();
    }
    endList(field);
  }

  private void start(int field) {
    out.startField(schema.getFieldName(field), field);
  }

  private void end(int field) {
    out.endField(schema.getFieldName(field), field);
  }

  private void startList(int field) {
    start(field);
    out.startGroup();
    out.startField("list", 0);
  }

  private void endList(int field) {
    out.endField("list", 0);
    out.endGroup();
    end(field);
  }

  private void startElement() {
    out.startGroup();
    out.startField("element", 0);
  }

  private void endElement() {
    out.endField("element", 0);
    out.endGroup();
  }
}
