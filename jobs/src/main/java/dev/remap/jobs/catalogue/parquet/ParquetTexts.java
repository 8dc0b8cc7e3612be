package dev.remap.jobs.catalogue.parquet;

import dev.remap.jobs.catalogue.file.ReadWindow;
import java.io.EOFException;
import java.io.IOException;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/**
 * The values of one column of a row group as texts, in order. Holds one page of them, and their
 * dictionary.
 */
final class ParquetTexts implements AutoCloseable {
  private final ColumnDescriptor column;
  private final ParquetPageWalk walk;
  private final ParquetPages pages;
  private final ColumnReader values;
  private ParquetPage first;

  /**
   * @param rows of the row group
   */
  ParquetTexts(
      PositionedReadable in,
      long length,
      ColumnChunkMetaData chunk,
      ColumnDescriptor column,
      long rows)
      throws IOException {
    this.column = column;
    this.walk = new ParquetPageWalk(new ReadWindow(in, length), chunk, 0, rows);
    this.pages = new ParquetPages(in, chunk.getCodec(), ParquetPages.MAX_PAGE);
    this.first = walk.next();
    DictionaryPage dictionary =
        walk.dictionary().isWhole()
            ? null
            : pages.dictionary(walk.dictionary(), ParquetText.leastBytes(column));
    this.values =
        ParquetColumn.reader(
            column.getPrimitiveType(),
            column.getMaxDefinitionLevel(),
            dictionary,
            rows,
            this::page);
  }

  private DataPage page() throws IOException {
    ParquetPage page = first == null ? walk.next() : first;
    first = null;
    if (page == null) {
      throw new EOFException(
          "its column " + String.join(".", column.getPath()) + " has fewer values than rows");
    }
    return pages.data(page.place());
  }

  /** The value of the next row, of which there must be one; null if it has none. */
  String next() throws IOException {
    String text = null;
    if (values.getCurrentDefinitionLevel() == column.getMaxDefinitionLevel()) {
      text = ParquetText.of(values, column.getPrimitiveType());
    }
    values.consume();
    return text;
  }

  @Override
  public void close() {
    pages.close();
  }
}
