package dev.remap.jobs.store.segment;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.StoreOutput;
import dev.remap.jobs.store.row.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.parquet.hadoop.ParquetWriter;

/**
 * Writes one segment. Nobody sees it before a record names what {@link #finish()} returns; closed
 * without that, it is deleted. The same rows give the same bytes. For one thread.
 *
 * @param <R> the table's rows
 */
public final class SegmentWriter<R extends Row> implements AutoCloseable {
  private final Store store;
  private final String path;
  private final RowFormat<R> format;
  private final KeyRange range;
  private final StoreOutput out;
  private final ParquetOutput file;
  private final ParquetWriter<R> rows;
  private long previous = Long.MIN_VALUE;
  private long count;
  private boolean done;

  private SegmentWriter(
      Store store,
      String path,
      RowFormat<R> format,
      KeyRange range,
      StoreOutput out,
      ParquetOutput file,
      ParquetWriter<R> rows) {
    this.store = store;
    this.path = path;
    this.format = format;
    this.range = range;
    this.out = out;
    this.file = file;
    this.rows = rows;
  }

  /**
   * Starts a segment.
   *
   * @param path a name that nobody else uses
   * @param range the keys it may hold; does not apply to moments
   * @param fingerprints of what the rows are computed from, by name; kept in the file's footer
   */
  public static <R extends Row> SegmentWriter<R> create(
      Store store,
      String path,
      RowFormat<R> format,
      KeyRange range,
      Map<String, String> fingerprints) {
    StoreOutput out = store.write(path);
    ParquetOutput file = new ParquetOutput(out);
    try {
      ParquetWriter<R> rows =
          new ParquetRows<>(file, format, SegmentMetadata.of(format, fingerprints)).build();
      return new SegmentWriter<>(store, path, format, range, out, file, rows);
    } catch (IOException e) {
      out.close();
      throw StoreException.of("write", store.locate(path), e);
    }
  }

  /**
   * All rows as the bytes of a file, for artifacts, whose files are named when they are known.
   * Throws {@link IllegalArgumentException} as {@link #write}.
   */
  public static <R extends Row> byte[] bytes(RowFormat<R> format, List<R> rows) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ParquetOutput file = new ParquetOutput(bytes);
    try {
      try (ParquetWriter<R> out =
          new ParquetRows<>(file, format, SegmentMetadata.of(format, Map.of())).build()) {
        long previous = Long.MIN_VALUE;
        for (R row : rows) {
          checkAscends(row.key(), previous, format.table());
          format.check(row);
          out.write(row);
          previous = row.key();
        }
      }
      file.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Adds a row. Throws {@link IllegalArgumentException} when its key does not ascend or is outside
   * the range, or when its values must not be stored; nothing of it is written then.
   */
  public void write(R row) {
    checkKey(row);
    format.check(row);
    try {
      rows.write(row);
    } catch (IOException e) {
      throw StoreException.of("write", store.locate(path), e);
    }
    previous = row.key();
    count++;
  }

  private void checkKey(R row) {
    checkAscends(row.key(), previous, path);
    if (format.hasImageKeys() && !range.contains(row.key())) {
      throw new IllegalArgumentException(
          "Key " + row.key() + " in " + path + " is outside the unit's range " + range);
    }
  }

  private static void checkAscends(long key, long previous, String where) {
    if (key <= previous) {
      throw new IllegalArgumentException(
          "Key " + key + " follows key " + previous + " in " + where + ": keys must ascend");
    }
  }

  /** The rows written so far. */
  public long rows() {
    return count;
  }

  /** Completes the segment, and looks at what the store then has: its length, its footer's rows. */
  public SegmentRef finish() {
    try {
      rows.close();
      file.finish();
    } catch (IOException e) {
      throw StoreException.of("write", store.locate(path), e);
    }
    SegmentRef ref = new SegmentRef(out.finish(), count);
    SegmentReader.checkStored(store, ref, format);
    done = true;
    return ref;
  }

  /** Deletes the segment unless it was finished. */
  @Override
  public void close() {
    if (done) {
      return;
    }
    done = true;
    out.discard();
    try {
      // Frees the codecs; what it flushes goes nowhere.
      rows.close();
    } catch (IOException | RuntimeException e) {
      // A writer that failed before may fail again.
    }
    out.close();
    store.deleteQuietly(path);
  }
}
