package dev.remap.jobs.catalogue.parquet;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * Which columns of a Parquet file have the ids and the images.
 *
 * @param id null where the row's number is the id
 * @param status img2dataset's: whether an image was downloaded; null where there is none
 */
public record ParquetImageColumns(
    ColumnDescriptor id, ColumnDescriptor image, ColumnDescriptor status) {
  private static final String STATUS = "status";

  /** Finds them, or says what is missing. */
  static ParquetImageColumns of(ParquetSource in, TableColumns columns) {
    String table = in.file().uri();
    if (!columns.version().isEmpty() || !columns.uri().isEmpty()) {
      throw new InputException(
          "Table %s has its images in it, whose version is their file's: leave out"
              + " catalogue.columns.uri and .version, or give --format parquet for images"
              + " elsewhere",
          table);
    }
    String image =
        images(in, columns, table)
            .orElseThrow(() -> TableColumns.IMAGE.missing(in.names(), table, ", a binary column"));
    String id = columns.id(in.names(), image, table);
    return new ParquetImageColumns(
        id == null ? null : in.ids(id), in.column(image), status(in).orElse(null));
  }

  /** Whether the table has images in it, and no column that says where they are. */
  public static boolean areIn(ListedImage file, TableColumns columns, Configuration hadoop)
      throws IOException {
    try (ParquetSource in = new ParquetSource(file, hadoop)) {
      return areIn(in, columns);
    }
  }

  private static boolean areIn(ParquetSource in, TableColumns columns) {
    return !columns.image().isEmpty()
        || (columns.uri().isEmpty()
            && !in.names().contains("uri")
            && !TableColumns.IMAGE.known(binaries(in)).isEmpty());
  }

  private static Optional<String> images(ParquetSource in, TableColumns columns, String table) {
    return TableColumns.IMAGE.in(binaries(in), columns.image(), table);
  }

  private static List<String> binaries(ParquetSource in) {
    return in.columns().stream()
        .filter(c -> c.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY)
        .filter(c -> c.getPrimitiveType().getLogicalTypeAnnotation() == null)
        .map(ParquetSource::name)
        .toList();
  }

  private static Optional<ColumnDescriptor> status(ParquetSource in) {
    return in.columns().stream()
        .filter(column -> ParquetSource.name(column).equals(STATUS))
        .filter(column -> ParquetText.isText(column.getPrimitiveType()))
        .findFirst();
  }
}
