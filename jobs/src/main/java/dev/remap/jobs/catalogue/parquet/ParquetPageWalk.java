package dev.remap.jobs.catalogue.parquet;

import dev.remap.jobs.catalogue.file.ByteRange;
import dev.remap.jobs.catalogue.file.ReadWindow;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** The pages of one column chunk, found by reading their headers only. */
final class ParquetPageWalk {
  private static final int HEADER = 4 << 10;

  /** Old writers put the smallest and the largest value, here whole images, into the header. */
  private static final int MAX_HEADER = 64 << 20;

  private static final int MAX_LEVELS = 1 << 20;

  private final ReadWindow in;
  private final ColumnChunkMetaData chunk;
  private final int levels;
  private final long end;
  private long position;
  private long rowsLeft;
  private ByteRange dictionary = ByteRange.WHOLE;

  /**
   * @param levels definition level of a value that is there
   * @param rows of the row group, of which the pages have no more
   */
  ParquetPageWalk(ReadWindow in, ColumnChunkMetaData chunk, int levels, long rows)
      throws IOException {
    this.in = in;
    this.rowsLeft = rows;
    this.chunk = chunk;
    this.levels = levels;
    this.position = chunk.getStartingPos();
    this.end = position + chunk.getTotalSize();
    if (position < 0 || chunk.getTotalSize() < 0 || end > in.length() || end < position) {
      throw new IOException(
          "its column "
              + chunk.getPath().toDotString()
              + " says it has "
              + chunk.getTotalSize()
              + " bytes from byte "
              + position
              + ", and the file has "
              + in.length());
    }
  }

  /** Where the dictionary lies that stands before the pages so far; WHOLE if there is none. */
  ByteRange dictionary() {
    return dictionary;
  }

  /** The next page of values; null at the end of the chunk. */
  ParquetPage next() throws IOException {
    while (position < end) {
      int room = (int) Math.min(HEADER, end - position);
      PageHeader header = null;
      int headerBytes = 0;
      while (header == null) {
        ByteArrayInputStream stream = new ByteArrayInputStream(in.bytes(position, room));
        try {
          header = Util.readPageHeader(stream);
          headerBytes = room - stream.available();
        } catch (IOException e) {
          if (room == end - position || room >= MAX_HEADER) {
            throw e;
          }
          room = (int) Math.min(room * 16L, Math.min(MAX_HEADER, end - position));
        }
      }
      ByteRange place = place(headerBytes, header);
      position = place.end();
      if (header.isSetDictionary_page_header()) {
        dictionary = place;
      } else if (header.isSetData_page_header() || header.isSetData_page_header_v2()) {
        return page(header, place, place.from() + headerBytes);
      }
    }
    return null;
  }

  private ByteRange place(int headerBytes, PageHeader header) throws IOException {
    int size = header.getCompressed_page_size();
    if (size < 0 || size > end - position - headerBytes) {
      throw new IOException("the page at byte " + position + " says it has " + size + " bytes");
    }
    if (header.getUncompressed_page_size() < 0
        || header.getUncompressed_page_size() > ParquetPages.MAX_PAGE
        || size > ParquetPages.MAX_PAGE - headerBytes) {
      throw new IOException(
          "the page at byte "
              + position
              + " has more than 512 MiB: write the table with smaller pages");
    }
    return new ByteRange(position, (long) headerBytes + size);
  }

  private ParquetPage page(PageHeader header, ByteRange place, long body) throws IOException {
    boolean isFirst = header.isSetData_page_header();
    int rows =
        isFirst
            ? header.getData_page_header().getNum_values()
            : header.getData_page_header_v2().getNum_values();
    Encoding encoding =
        isFirst
            ? header.getData_page_header().getEncoding()
            : header.getData_page_header_v2().getEncoding();
    boolean needsDictionary =
        encoding == Encoding.PLAIN_DICTIONARY || encoding == Encoding.RLE_DICTIONARY;
    if (rows < 0 || (needsDictionary && dictionary.isWhole())) {
      throw new IOException("the page at byte " + place.from() + " is damaged");
    }
    if (rows > rowsLeft) {
      throw new IOException(
          "the page at byte "
              + place.from()
              + " says it has "
              + rows
              + " rows, and its row group has "
              + rowsLeft
              + " left");
    }
    rowsLeft -= rows;
    boolean isPlain =
        isFirst
            && encoding == Encoding.PLAIN
            && chunk.getCodec() == CompressionCodecName.UNCOMPRESSED;
    return new ParquetPage(
        place,
        rows,
        needsDictionary ? dictionary : ByteRange.WHOLE,
        isPlain ? plainAt(rows, body, place.end()) : -1);
  }

  /** Where the values begin if all are there. */
  private long plainAt(int rows, long body, long bodyEnd) throws IOException {
    if (levels == 0) {
      return body;
    }
    if (bodyEnd - body < Integer.BYTES) {
      return -1;
    }
    int size =
        ByteBuffer.wrap(in.bytes(body, Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    long valuesAt = body + Integer.BYTES + size;
    if (size < 0 || size > MAX_LEVELS || valuesAt > bodyEnd) {
      return -1;
    }
    byte[] runs = in.bytes(body + Integer.BYTES, size);
    return new LevelRuns(runs, levels).areAllPresent(rows) ? valuesAt : -1;
  }
}
