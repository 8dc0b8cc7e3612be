package dev.remap.jobs.catalogue.parquet;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.table.ColumnChoice;
import dev.remap.jobs.catalogue.table.RowSource;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.catalogue.table.TableRow;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.metadata.BlockMetaData;

/** A Parquet file whose rows say where images are. */
public final class ParquetTable implements RowSource {
  /** Of the names of such files. */
  public static final List<String> ENDINGS = List.of("parquet", "parq", "pq");

  private final ParquetSource in;
  private final ColumnDescriptor id;
  private final ColumnDescriptor uri;
  private final ColumnDescriptor version;
  private final ParquetRows rows;
  private ParquetTexts ids;
  private ParquetTexts uris;
  private ParquetTexts versions;

  public ParquetTable(ListedImage file, ColumnChoice columns, Configuration conf)
      throws IOException {
    this.in = new ParquetSource(file, conf);
    try {
      TableColumns.Chosen chosen = columns.in(in.names(), file.uri());
      this.id = chosen.id() == null ? null : in.ids(chosen.id());
      this.uri = chosen.uri() == null ? null : in.texts(chosen.uri());
      this.version = chosen.version() == null ? null : in.column(chosen.version());
      this.rows = new ParquetRows(in.groups());
    } catch (RuntimeException e) {
      in.close();
      throw e;
    }
  }

  @Override
  public String place() {
    return rows.row() == 0 ? "" : "row " + rows.row();
  }

  @Override
  public TableRow next() throws IOException {
    if (!rows.next(this::start)) {
      return null;
    }
    return new TableRow(
        ids == null ? in.file().imageId() + "/" + rows.row() : ids.next(),
        uris == null ? null : uris.next(),
        versions == null ? null : versions.next(),
        in.file().uri(),
        place());
  }

  private void start(BlockMetaData group) throws IOException {
    closeColumns();
    ids = id == null ? null : in.read(group, id);
    uris = uri == null ? null : in.read(group, uri);
    versions = version == null ? null : in.read(group, version);
  }

  private void closeColumns() {
    for (ParquetTexts column : new ParquetTexts[] {ids, uris, versions}) {
      if (column != null) {
        column.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    closeColumns();
    in.close();
  }
}
