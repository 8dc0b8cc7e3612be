package dev.remap.jobs.catalogue.parquet;

import dev.remap.jobs.catalogue.file.ByteRange;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.ReadWindow;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.catalogue.table.TableRows;
import dev.remap.jobs.store.LookAhead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * The rows of one Parquet file with images in it. Of the images, only where they are is read. What
 * the file claims is checked before memory is taken for it. Rows of images that were never
 * downloaded are left out, and counted.
 */
final class ParquetImageFile extends LookAhead<ListedImage> implements AutoCloseable {
  private final ListedImage file;
  private final ParquetSource in;
  private final ReadWindow window;
  private final ParquetImageColumns columns;
  private final LeftOut leftOut = new LeftOut();
  private int group = -1;
  private long rowsLeft;
  private long rowInFile;
  private ParquetTexts ids;
  private ParquetDownloads downloads;
  private CompressionCodecName codec;
  private ParquetPageWalk pages;
  private ParquetPage page;
  private int row;
  private long valueAt;

  ParquetImageFile(ListedImage file, TableColumns columns, Configuration conf) {
    this.file = file;
    this.in = told(() -> new ParquetSource(file, conf));
    this.window = new ReadWindow(in.in(), file.bytes());
    this.columns = told(() -> ParquetImageColumns.of(in, columns));
  }

  /** What was left out of the rows so far. */
  LeftOut leftOut() {
    return leftOut;
  }

  @Override
  protected ListedImage find() {
    ListedImage found = null;
    while (found == null && hasRow()) {
      found = told(this::row);
    }
    return found;
  }

  private boolean hasRow() {
    while (rowsLeft == 0 && group < in.groups().size()) {
      group++;
      if (group < in.groups().size()) {
        told(this::startGroup);
      }
    }
    return rowsLeft > 0;
  }

  private Void startGroup() throws IOException {
    BlockMetaData block = in.groups().get(group);
    rowsLeft = block.getRowCount();
    if (rowsLeft == 0) {
      return null;
    }
    closeTexts();
    ids = columns.id() == null ? null : in.read(block, columns.id());
    ColumnChunkMetaData images = in.chunk(block, columns.image());
    codec = images.getCodec();
    pages = new ParquetPageWalk(window, images, levels(), rowsLeft);
    downloads = ParquetDownloads.of(in, block, columns);
    page = null;
    return null;
  }

  /** Definition level of an image that is there. */
  private int levels() {
    return columns.image().getMaxDefinitionLevel();
  }

  /** The image of the next row; null if it was never downloaded. */
  private ListedImage row() throws IOException {
    rowInFile++;
    while (page == null || row == page.rows()) {
      page = pages.next();
      row = 0;
      if (page == null) {
        throw new IOException(
            "row group " + group + " has " + rowsLeft + " rows more than its images");
      }
      valueAt = page.plainAt();
      downloads.startPage(page);
    }
    String id = ids == null ? file.imageId() + "/" + rowInFile : ids.next();
    rowsLeft--;
    String failure = downloads.failure();
    row++;
    if (failure != null) {
      leftOut.add(ParquetDownloads.LEFT_OUT, failure);
      return null;
    }
    if (id == null) {
      throw new IOException("it has no " + ParquetSource.name(columns.id()));
    }
    return page.isPlain() ? plain(id) : encoded(id);
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
    ParquetCell cell = new ParquetCell(file.uri(), codec, levels(), row - 1, page.dictionary());
    return new ListedImage(id, cell.uri(), file.version(), -1, page.place());
  }

  private <T> T told(Call<T> call) {
    try {
      return call.run();
    } catch (IOException | RuntimeException e) {
      String place = rowInFile == 0 ? "" : "row " + rowInFile;
      throw TableRows.told(file.uri(), "Parquet", place, e);
    }
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  @Override
  public void close() {
    told(
        () -> {
          closeTexts();
          in.close();
          return null;
        });
  }

  private void closeTexts() throws IOException {
    if (ids != null) {
      ids.close();
    }
    if (downloads != null) {
      downloads.close();
    }
  }
}
