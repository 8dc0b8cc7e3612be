package dev.remap.jobs.catalogue.parquet;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.table.RowIds;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.metadata.BlockMetaData;

/** The ids in a column of a Parquet file, row by row: of what lies elsewhere in the same order. */
public final class ParquetIds implements RowIds {
  private final ParquetSource in;
  private final ColumnDescriptor column;
  private final ParquetRows rows;
  private ParquetTexts ids;

  /**
   * @param column chooses one of the names of the columns
   */
  public ParquetIds(ListedImage file, Function<List<String>, String> column, Configuration conf)
      throws IOException {
    this.in = new ParquetSource(file, conf);
    try {
      this.column = in.ids(column.apply(in.names()));
      this.rows = new ParquetRows(in.groups());
    } catch (RuntimeException e) {
      in.close();
      throw e;
    }
  }

  @Override
  public long rows() {
    return in.rows();
  }

  @Override
  public String table() {
    return in.file().uri();
  }

  @Override
  public String next() throws IOException {
    if (!rows.next(this::start)) {
      throw new IOException("the table of ids " + table() + " has only " + rows.row() + " rows");
    }
    String id = ids.next();
    if (id == null || id.isEmpty()) {
      throw new IOException("the table of ids " + table() + " has none in row " + rows.row());
    }
    return id;
  }

  private void start(BlockMetaData group) throws IOException {
    closeColumn();
    ids = in.read(group, column);
  }

  private void closeColumn() {
    if (ids != null) {
      ids.close();
    }
  }

  @Override
  public void close() throws IOException {
    closeColumn();
    in.close();
  }
}
