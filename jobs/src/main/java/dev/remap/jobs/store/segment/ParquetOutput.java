package dev.remap.jobs.store.segment;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * Lets Parquet write to a stream, whose owner, not Parquet, closes it. What follows the rows is
 * held back until {@link #finish}, which writes it with a {@link Footer} that the rows alone
 * decide.
 */
final class ParquetOutput implements OutputFile {
  private final OutputStream out;
  private final ByteArrayOutputStream tail = new ByteArrayOutputStream();
  private boolean afterRows;

  ParquetOutput(OutputStream out) {
    this.out = out;
  }

  /** All rows are written; what Parquet writes from now on are page indexes and the footer. */
  void endRows() {
    afterRows = true;
  }

  /** Writes what was held back; Parquet must have written all of it. */
  void finish() throws IOException {
    out.write(Footer.inFixedOrder(tail.toByteArray()));
  }

  private OutputStream target() {
    return afterRows ? tail : out;
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) {
    return new PositionOutputStream() {
      private long position;

      @Override
      public long getPos() {
        return position;
      }

      @Override
      public void write(int b) throws IOException {
        target().write(b);
        position++;
      }

      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        target().write(buffer, offset, length);
        position += length;
      }
    };
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    return create(blockSizeHint);
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }
}
