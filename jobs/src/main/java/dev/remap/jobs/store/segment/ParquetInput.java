package dev.remap.jobs.store.segment;

import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** Lets Parquet read a segment, from the store or from memory. */
sealed interface ParquetInput extends InputFile {
  /** Read in place. */
  record Stored(Store store, FileRef file) implements ParquetInput {
    @Override
    public long getLength() {
      return file.bytes();
    }

    @Override
    public SeekableInputStream newStream() throws IOException {
      return HadoopStreams.wrap(store.open(file.path(), file.bytes(), Store.ReadPolicy.RANDOM));
    }
  }

  /** Read before. */
  final class Buffered implements ParquetInput {
    private final byte[] bytes;

    Buffered(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long getLength() {
      return bytes.length;
    }

    @Override
    public SeekableInputStream newStream() {
      Cursor cursor = new Cursor(bytes);
      return new DelegatingSeekableInputStream(cursor) {
        @Override
        public long getPos() {
          return cursor.position();
        }

        @Override
        public void seek(long position) {
          cursor.seek(position);
        }
      };
    }
  }

  /** A byte array stream that can be moved. */
  final class Cursor extends ByteArrayInputStream {
    Cursor(byte[] bytes) {
      super(bytes);
    }

    synchronized long position() {
      return pos;
    }

    synchronized void seek(long position) {
      pos = Math.toIntExact(Math.min(position, count));
    }
  }
}
