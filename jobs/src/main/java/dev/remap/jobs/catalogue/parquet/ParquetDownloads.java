package dev.remap.jobs.catalogue.parquet;

import java.io.IOException;
import java.util.List;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/**
 * Which rows of a row group are downloads that failed, as img2dataset writes them: the status says
 * so, and there is no image. Neither alone is enough: what has an image is one, and an image that
 * is missing without a word is a fault of the table.
 */
final class ParquetDownloads implements AutoCloseable {
  /** The reason, whose detail is the status. */
  static final String LEFT_OUT = "not downloaded";

  private static final String SUCCESS = "success";

  /**
   * Images that take more are not read to see which are there, if as many of them are missing as
   * downloads failed: that would be reading the catalogue to list it.
   */
  private static final long MOST_UNPACKED = 64L << 20;

  private final ParquetTexts statuses;
  private final ParquetPages pages;
  private final int levels;
  private final boolean allFailedAreMissing;
  private ParquetPage page;
  private ColumnReader images;
  private int row;
  private int imagesAt;

  private ParquetDownloads(
      ParquetTexts statuses, ParquetPages pages, int levels, boolean allFailedAreMissing) {
    this.statuses = statuses;
    this.pages = pages;
    this.levels = levels;
    this.allFailedAreMissing = allFailedAreMissing;
  }

  static ParquetDownloads of(ParquetSource in, BlockMetaData group, ParquetImageColumns columns)
      throws IOException {
    if (columns.status() == null) {
      return new ParquetDownloads(null, null, 0, false);
    }
    ColumnChunkMetaData images = in.chunk(group, columns.image());
    return new ParquetDownloads(
        in.read(group, columns.status()),
        new ParquetPages(in.in(), images.getCodec(), ParquetPages.MAX_PAGE),
        columns.image().getMaxDefinitionLevel(),
        images.getTotalSize() > MOST_UNPACKED && failed(in, group, columns) == missing(images));
  }

  private static long missing(ColumnChunkMetaData images) {
    return images.getStatistics() != null && images.getStatistics().isNumNullsSet()
        ? images.getStatistics().getNumNulls()
        : -1;
  }

  /** How many the group has: read before, as the texts are few and the images are many. */
  private static long failed(ParquetSource in, BlockMetaData group, ParquetImageColumns columns)
      throws IOException {
    long failed = 0;
    try (ParquetTexts statuses = in.read(group, columns.status())) {
      for (long row = 0; row < group.getRowCount(); row++) {
        failed += isFailure(statuses.next()) ? 1 : 0;
      }
    }
    return failed;
  }

  private static boolean isFailure(String status) {
    return status != null && !status.equals(SUCCESS);
  }

  void startPage(ParquetPage started) {
    page = started;
    images = null;
    row = 0;
    imagesAt = 0;
  }

  /** The status of the next row, if it is a download that failed; else null. */
  String failure() throws IOException {
    if (statuses == null) {
      return null;
    }
    String status = statuses.next();
    int current = row++;
    return isFailure(status) && !page.isPlain() && (allFailedAreMissing || isMissing(current))
        ? status
        : null;
  }

  /** Unpacks the page, of which the first bytes say which of its images are there. */
  private boolean isMissing(int wanted) throws IOException {
    if (images == null) {
      DataPage data = pages.data(page.place());
      DictionaryPage dictionary =
          page.dictionary().isWhole() ? null : pages.dictionary(page.dictionary(), Integer.BYTES);
      images =
          ParquetColumn.reader(
              ParquetColumn.BYTES,
              levels,
              dictionary,
              data.getValueCount(),
              List.of(data).iterator()::next);
    }
    for (; imagesAt < wanted; imagesAt++) {
      if (images.getCurrentDefinitionLevel() == levels) {
        images.skip();
      }
      images.consume();
    }
    return images.getCurrentDefinitionLevel() < levels;
  }

  @Override
  public void close() {
    if (statuses != null) {
      statuses.close();
      pages.close();
    }
  }
}
