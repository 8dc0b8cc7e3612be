package dev.remap.jobs.catalogue;

import java.io.EOFException;
import java.io.IOException;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/** The image ids of one row group, in order. Holds one page of them, and their dictionary. */
final class ParquetIds implements AutoCloseable {
  private final ColumnChunkMetaData chunk;
  private final int levels;
  private final ParquetPageWalk walk;
  private final ParquetPages pages;
  private final ColumnReader values;
  private ParquetPage first;

  /**
   * @param levels definition level of an id that is there
   * @param rows of the row group
   */
  ParquetIds(PositionedReadable in, long length, ColumnChunkMetaData chunk, int levels, long rows)
      throws IOException {
    this.chunk = chunk;
    this.levels = levels;
    this.walk = new ParquetPageWalk(new ReadWindow(in, length), chunk, 0, rows);
    this.pages = new ParquetPages(in, chunk.getCodec(), ParquetPages.MAX_PAGE);
    this.first = walk.next();
    DictionaryPage dictionary =
        walk.dictionary().isWhole() ? null : pages.dictionary(walk.dictionary());
    this.values = ParquetColumn.reader(levels, dictionary, rows, this::page);
  }

  private DataPage page() throws IOException {
    ParquetPage page = first == null ? walk.next() : first;
    first = null;
    if (page == null) {
      throw new EOFException(
          "its column " + chunk.getPath().toDotString() + " has fewer values than rows");
    }
    return pages.data(page.place());
  }

  /** The id of the next row, of which there must be one. */
  String next() throws IOException {
    if (values.getCurrentDefinitionLevel() < levels) {
      throw new IOException("a row has no " + chunk.getPath().toDotString());
    }
    String id = values.getBinary().toStringUsingUTF8();
    values.consume();
    return id;
  }

  @Override
  public void close() {
    pages.close();
  }
}
