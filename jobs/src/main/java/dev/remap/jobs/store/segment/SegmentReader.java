package dev.remap.jobs.store.segment;

import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.row.MomentRow;
import dev.remap.jobs.store.row.Row;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.apache.hadoop.fs.FSError;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/**
 * Reads the rows of one segment, all or those of a key range, ascending. Every method throws {@link
 * StoreException} naming the file when it is not what was recorded. For one thread.
 *
 * @param <R> the table's rows
 */
public final class SegmentReader<R extends Row> implements Iterator<R>, AutoCloseable {
  /** Up to this a segment is read into memory once, verified there and parsed from there. */
  private static final long MAX_BUFFERED_BYTES = 64L << 20;

  private static final int MAGIC_BYTES = 4;

  private final Store store;
  private final String where;
  private final FileRef stored;
  private final RowFormat<R> format;
  private final Span span;
  private final ParquetFileReader file;
  private long rows;
  private Columns columns;
  private long rowsLeftInGroup;
  private long rowsRead;
  private long previous = Long.MIN_VALUE;
  private R next;

  /** Keys from one to another, both included; negative ones too, which only moments have. */
  private record Span(long from, long to) {
    static final Span ALL = new Span(Long.MIN_VALUE, Long.MAX_VALUE);

    static Span of(KeyRange range) {
      return range.equals(KeyRange.ALL) ? ALL : new Span(range.from(), range.to());
    }
  }

  private SegmentReader(
      Store store, FileRef stored, RowFormat<R> format, Span span, ParquetFileReader file) {
    this.store = store;
    this.where = store.locate(stored.path());
    this.stored = stored;
    this.format = format;
    this.span = span;
    this.file = file;
  }

  /** Opens all of a segment, verified. */
  public static <R extends Row> SegmentReader<R> open(
      Store store, SegmentRef ref, RowFormat<R> format) {
    return open(store, ref, format, KeyRange.ALL, Verification.FULL);
  }

  /** Opens all of an artifact's file, verified: of its rows nothing but a digest is recorded. */
  public static <R extends Row> SegmentReader<R> open(
      Store store, FileRef stored, RowFormat<R> format) {
    return started(
        openFile(store, stored, OptionalLong.empty(), format, Span.ALL, Verification.FULL));
  }

  /** Opens the rows of a key range; for moments the range must be {@link KeyRange#ALL}. */
  public static <R extends Row> SegmentReader<R> open(
      Store store, SegmentRef ref, RowFormat<R> format, KeyRange range, Verification verification) {
    return open(store, ref, format, Span.of(range), verification);
  }

  /**
   * Opens some rows of a unit's moments, without reading the others.
   *
   * @param from number of the first row; {@link MomentRow#HEADER} is the lowest
   * @param to number of the last row
   */
  public static SegmentReader<MomentRow> openRows(
      Store store,
      SegmentRef ref,
      RowFormat<MomentRow> format,
      int from,
      int to,
      Verification verification) {
    return open(store, ref, format, new Span(from, to), verification);
  }

  private static <R extends Row> SegmentReader<R> open(
      Store store, SegmentRef ref, RowFormat<R> format, Span span, Verification verification) {
    return started(
        openFile(store, ref.file(), OptionalLong.of(ref.rows()), format, span, verification));
  }

  private static <R extends Row> SegmentReader<R> started(SegmentReader<R> reader) {
    try {
      reader.advance();
      return reader;
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  /** Checks length and footer of a segment that was just written. */
  static void checkStored(Store store, SegmentRef ref, RowFormat<?> format) {
    OptionalLong rows = OptionalLong.of(ref.rows());
    openFile(store, ref.file(), rows, format, Span.ALL, Verification.LENGTH).close();
  }

  private static <R extends Row> SegmentReader<R> openFile(
      Store store,
      FileRef stored,
      OptionalLong recorded,
      RowFormat<R> format,
      Span span,
      Verification verification) {
    ParquetInput input = input(store, stored, verification);
    ParquetFileReader file;
    try {
      file = ParquetFileReader.open(input, options(format, span));
    } catch (IOException | RuntimeException | FSError e) {
      throw unreadable(store, stored, e);
    }
    SegmentReader<R> reader = new SegmentReader<>(store, stored, format, span, file);
    try {
      reader.checkFooter(recorded);
      file.setRequestedSchema(format.projection());
      return reader;
    } catch (RuntimeException e) {
      reader.close();
      throw unreadable(store, stored, e);
    }
  }

  private static ParquetInput input(Store store, FileRef stored, Verification verification) {
    if (verification == Verification.LENGTH) {
      store.requireLength(stored);
    } else if (stored.bytes() <= MAX_BUFFERED_BYTES) {
      return new ParquetInput.Buffered(store.readVerified(stored));
    } else {
      store.verify(stored);
    }
    return new ParquetInput.Stored(store, stored);
  }

  private static ParquetReadOptions options(RowFormat<?> format, Span span) {
    ParquetReadOptions.Builder options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .usePageChecksumVerification(true);
    if (!span.equals(Span.ALL)) {
      options.withRecordFilter(FilterCompat.get(format.keys(span.from, span.to)));
    }
    return options.build();
  }

  private void checkFooter(OptionalLong recorded) {
    var metadata = file.getFileMetaData();
    SegmentMetadata.check(where, format, metadata.getKeyValueMetaData());
    if (!metadata.getSchema().equals(format.schema())) {
      throw StoreException.damaged(where, "its columns are not those of " + format.table());
    }
    for (BlockMetaData group : file.getRowGroups()) {
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        checkInside(chunk.getStartingPos(), chunk.getTotalSize(), stored.bytes());
      }
    }
    for (BlockMetaData group : file.getFooter().getBlocks()) {
      rows += group.getRowCount();
    }
    if (rows != recorded.orElse(rows)) {
      throw StoreException.damaged(
          where, "it has " + rows + " rows, recorded were " + recorded.getAsLong());
    }
  }

  /** Parquet allocates what the footer claims, so the claims must fit into the file. */
  private void checkInside(long start, long size, long length) {
    if (start < MAGIC_BYTES || size < 0 || size > length - start) {
      throw StoreException.damaged(where, "a column claims to lie outside the file");
    }
  }

  /**
   * Returns this, if the rows were computed from that.
   *
   * @param origin fingerprints by name; a name that only one side has is not compared
   * @throws StoreException naming both, after closing this, if one differs
   */
  public SegmentReader<R> computedFrom(Map<String, String> origin) {
    fingerprints()
        .forEach(
            (name, found) -> {
              String wanted = origin.getOrDefault(name, found);
              if (!wanted.equals(found)) {
                close();
                throw StoreException.damaged(
                    where,
                    "it was computed from "
                        + name
                        + " "
                        + found
                        + ", and its layer is of "
                        + name
                        + " "
                        + wanted);
              }
            });
    return this;
  }

  /** What the rows were computed from, as given to the writer. */
  public SortedMap<String, String> fingerprints() {
    return SegmentMetadata.fingerprints(file.getFileMetaData().getKeyValueMetaData());
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public R next() {
    if (next == null) {
      throw new NoSuchElementException(where);
    }
    R row = next;
    advance();
    return row;
  }

  private void advance() {
    try {
      do {
        next = read();
      } while (next != null && next.key() < span.from);
      if (next != null && next.key() > span.to) {
        next = null;
      }
    } catch (IOException | RuntimeException | FSError e) {
      throw unreadable(store, stored, e);
    }
  }

  private R read() throws IOException {
    while (rowsLeftInGroup == 0) {
      PageReadStore group = file.readNextFilteredRowGroup();
      if (group == null) {
        return end();
      }
      var metadata = file.getFileMetaData();
      columns = new Columns(group, format.projection(), metadata.getCreatedBy());
      rowsLeftInGroup = group.getRowCount();
    }
    rowsLeftInGroup--;
    rowsRead++;
    R row = format.read(columns);
    if (row.key() <= previous) {
      throw StoreException.damaged(where, "key " + row.key() + " follows key " + previous);
    }
    previous = row.key();
    return row;
  }

  private R end() {
    if (span.equals(Span.ALL) && rowsRead != rows) {
      throw StoreException.damaged(where, rowsRead + " rows could be read, recorded were " + rows);
    }
    return null;
  }

  /**
   * What to throw. A flipped byte can make a footer look like that of another table or version, and
   * a page like the end of the storage's patience, so the file is read once more for its checksum.
   */
  private static StoreException unreadable(Store store, FileRef stored, Throwable cause) {
    String where = store.locate(stored.path());
    if (cause instanceof FSError error) {
      return StoreException.of("read", where, error);
    }
    if (cause instanceof StoreException found && found.damage().isPresent()) {
      return found;
    }
    if (!(cause instanceof IOException || cause instanceof StoreException)) {
      return StoreException.damaged(where, String.valueOf(cause.getMessage()), cause);
    }
    store.verify(stored);
    return cause instanceof StoreException found
        ? found
        : StoreException.of("read", where, (IOException) cause);
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw StoreException.of("close", where, e);
    }
  }
}
