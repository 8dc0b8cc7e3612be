package dev.remap.jobs.store.segment;

import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.HeaderRow;
import java.util.List;
import java.util.stream.Stream;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** Reads key, id, version and change of another format's rows, and none of their other columns. */
final class HeaderFormat extends RowFormat<HeaderRow> {
  private final MessageType projection;

  HeaderFormat(RowFormat<?> of) {
    super(of.table(), of.schema());
    // Rejects have kinds of their own, and say in another column whether they put or delete.
    String change = of.schema().containsField("change") ? "change" : "kind";
    List<Type> columns =
        Stream.of("key", "image_id", "version", change).map(of.schema()::getType).toList();
    projection = new MessageType(of.table(), columns);
  }

  @Override
  MessageType projection() {
    return projection;
  }

  @Override
  void check(HeaderRow row) {
    throw new UnsupportedOperationException("Headers are only read");
  }

  @Override
  void write(HeaderRow row, FieldWriter out) {
    throw new UnsupportedOperationException("Headers are only read");
  }

  @Override
  HeaderRow read(Columns in) {
    long key = in.int64(0);
    String imageId = in.text(1);
    String version = in.text(2);
    return new HeaderRow(key, value(Change.class, in.text(3)), imageId, version);
  }
}
