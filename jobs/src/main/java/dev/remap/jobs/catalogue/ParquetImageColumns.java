package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.InputException;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.metadata.ColumnPath;
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

  ColumnPath idPath() {
    return ColumnPath.get(id.getPath());
  }

  /** Definition level of an id that is there. */
  int idLevels() {
    return id.getMaxDefinitionLevel();
  }
}
