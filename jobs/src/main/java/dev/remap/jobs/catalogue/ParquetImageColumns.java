package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** Which columns of a Parquet file have the ids and the images. */
record ParquetImageColumns(ColumnDescriptor id, ColumnDescriptor image) {
  /** The second is img2dataset's. */
  private static final List<String> IDS = List.of("image_id", "key");

  /** As people call them: ours, img2dataset's by file type, Hugging Face's struct. */
  static final List<String> IMAGES =
      List.of("image", "bytes", "jpg", "jpeg", "png", "webp", "image.bytes");

  /**
   * Finds them, or says what is missing.
   *
   * @param table its name, for the message
   */
  static ParquetImageColumns of(MessageType schema, String table) {
    List<ColumnDescriptor> all = schema.getColumns();
    ColumnDescriptor id = first(all, IDS);
    ColumnDescriptor image = first(all, IMAGES);
    if (id == null || image == null) {
      throw new InputException(
          "Table %s has no column %s; its columns are %s",
          table,
          id == null
              ? "image_id (or key) of texts"
              : "of images, which would be binary and called " + String.join(", ", IMAGES),
          String.join(", ", all.stream().map(ParquetImageColumns::name).toList()));
    }
    return new ParquetImageColumns(id, image);
  }

  private static ColumnDescriptor first(List<ColumnDescriptor> all, List<String> names) {
    for (String name : names) {
      for (ColumnDescriptor column : all) {
        if (name(column).equals(name)
            && column.getMaxRepetitionLevel() == 0
            && column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY) {
          return column;
        }
      }
    }
    return null;
  }

  private static String name(ColumnDescriptor column) {
    return String.join(".", column.getPath());
  }

  ColumnPath imagePath() {
    return ColumnPath.get(image.getPath());
  }

  /** Definition level of an image that is there. */
  int levels() {
    return image.getMaxDefinitionLevel();
  }

  /** The schema that reads the ids and nothing else. */
  MessageType idOnly() {
    return new MessageType("ids", id.getPrimitiveType());
  }

  ColumnReader ids(PageReadStore rowGroup) {
    return new ColumnReadStoreImpl(rowGroup, new NoRecords(), idOnly(), "").getColumnReader(id);
  }

  /** The id at the reader's row. */
  String id(ColumnReader ids, int group) throws IOException {
    if (ids.getCurrentDefinitionLevel() < id.getMaxDefinitionLevel()) {
      throw new IOException(
          "row group " + group + " has a row without " + Arrays.toString(id.getPath()));
    }
    return ids.getBinary().toStringUsingUTF8();
  }

  /** Values are taken from the column itself, not assembled to records. */
  static final class NoRecords extends GroupConverter {
    private static final PrimitiveConverter VALUE = new PrimitiveConverter() {};
    private final int groups;

    NoRecords() {
      this(0);
    }

    /**
     * @param groups how many groups stand around the value, besides the table
     */
    NoRecords(int groups) {
      this.groups = groups;
    }

    @Override
    public Converter getConverter(int field) {
      return groups == 0 ? VALUE : new NoRecords(groups - 1);
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }
}
