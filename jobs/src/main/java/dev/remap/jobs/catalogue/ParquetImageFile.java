package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/**
 * The rows of one Parquet file with images in it. Of the images, only where they are is read. What
 * the file claims is checked before memory is taken for it.
 */
final class ParquetImageFile implements Iterator<ListedImage>, AutoCloseable {
  private final ListedImage file;
  private final ParquetFileReader reader;
  private final FSDataInputStream in;
  private final ReadWindow window;
  private final ParquetImageColumns columns;
  private int group = -1;
  private long rowsLeft;
  private ParquetIds ids;
  private CompressionCodecName codec;
  private ParquetPageWalk pages;
  private ParquetPage page;
  private int row;
  private long valueAt;

  ParquetImageFile(ListedImage file, Configuration conf) {
    this.file = file;
    Path path = new Path(file.uri());
    this.reader = told(() -> ParquetFileReader.open(HadoopInputFile.fromPath(path, conf)));
    this.in = told(() -> PlainFiles.of(path, conf).open(path));
    this.window = new ReadWindow(in, file.bytes());
    this.columns = ParquetImageColumns.of(reader.getFileMetaData().getSchema(), file.imageId());
  }

  @Override
  public boolean hasNext() {
    while (rowsLeft == 0 && group < reader.getRowGroups().size()) {
      group++;
      if (group < reader.getRowGroups().size()) {
        told(this::startGroup);
      }
    }
    return rowsLeft > 0;
  }

  private Void startGroup() throws IOException {
    BlockMetaData block = reader.getRowGroups().get(group);
    rowsLeft = block.getRowCount();
    if (rowsLeft == 0) {
      return null;
    }
    closeIds();
    ids =
        new ParquetIds(
            in, file.bytes(), chunk(block, columns.idPath()), columns.idLevels(), rowsLeft);
    ColumnChunkMetaData images = chunk(block, columns.imagePath());
    codec = images.getCodec();
    pages = new ParquetPageWalk(window, images, columns.levels(), rowsLeft);
    page = null;
    return null;
  }

  private ColumnChunkMetaData chunk(BlockMetaData block, ColumnPath path) throws IOException {
    for (ColumnChunkMetaData chunk : block.getColumns()) {
      if (chunk.getPath().equals(path)) {
        return chunk;
      }
    }
    throw new IOException("row group " + group + " has no column " + path.toDotString());
  }

  @Override
  public ListedImage next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return told(this::row);
  }

  private ListedImage row() throws IOException {
    while (page == null || row == page.rows()) {
      page = pages.next();
      row = 0;
      if (page == null) {
        throw new IOException(
            "row group " + group + " has " + rowsLeft + " rows more than its images");
      }
      valueAt = page.plainAt();
    }
    String id = ids.next();
    rowsLeft--;
    ListedImage image = page.isPlain() ? plain(id) : encoded(id);
    row++;
    return image;
  }

  /** The image lies in the file as it is: a range of it. */
  private ListedImage plain(String id) throws IOException {
    long room = page.place().end() - valueAt - Integer.BYTES;
    int length =
        room < 0
            ? -1
            : ByteBuffer.wrap(window.bytes(valueAt, Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
    if (length < 0 || length > room) {
      throw new IOException("the page at byte " + page.place().from() + " is damaged");
    }
    ByteRange range = new ByteRange(valueAt + Integer.BYTES, length);
    valueAt = range.end();
    return new ListedImage(id, file.uri(), file.version(), length, range);
  }

  private ListedImage encoded(String id) {
    ParquetCell cell = new ParquetCell(file.uri(), codec, columns.levels(), row, page.dictionary());
    return new ListedImage(id, cell.uri(), file.version(), -1, page.place());
  }

  private <T> T told(Call<T> call) {
    try {
      return call.run();
    } catch (InputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Parquet throws whatever a stranger's file makes it stumble over.
      throw new InputException(
          "Table %s cannot be read as Parquet: %s", file.uri(), InputException.reason(e));
    }
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  @Override
  public void close() {
    told(
        () -> {
          closeIds();
          reader.close();
          in.close();
          return null;
        });
  }

  private void closeIds() {
    if (ids != null) {
      ids.close();
    }
  }
}
