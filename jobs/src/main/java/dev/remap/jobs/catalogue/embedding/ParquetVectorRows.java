package dev.remap.jobs.catalogue.embedding;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.parquet.ParquetVectors;
import dev.remap.jobs.catalogue.table.RowSource;
import dev.remap.jobs.catalogue.table.TableRow;
import java.io.IOException;

/** The vectors of a Parquet file. */
final class ParquetVectorRows implements RowSource {
  private final ListedImage file;
  private final ParquetVectors vectors;

  ParquetVectorRows(ListedImage file, ParquetVectors vectors) {
    this.file = file;
    this.vectors = vectors;
  }

  @Override
  public String place() {
    return vectors.row() == 0 ? "" : "row " + vectors.row();
  }

  @Override
  public TableRow next() throws IOException {
    ParquetVectors.Row row = vectors.next();
    return row == null
        ? null
        : new TableRow(
            row.id() == null ? file.imageId() + "/" + vectors.row() : row.id(),
            VectorUri.of(row.values()),
            row.version(),
            file.uri(),
            place());
  }

  @Override
  public void close() throws IOException {
    vectors.close();
  }
}
