package dev.remap.jobs.store.segment;

import dev.remap.jobs.store.StoreOutput;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** Lets Parquet write to a data object, whose owner, not Parquet, closes it. */
final class ParquetOutput implements OutputFile {
  private final StoreOutput out;

  ParquetOutput(StoreOutput out) {
    this.out = out;
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) {
    return new PositionOutputStream() {
      @Override
      public long getPos() {
        return out.position();
      }

      @Override
      public void write(int b) {
        out.write(b);
      }

      @Override
      public void write(byte[] buffer, int offset, int length) {
        out.write(buffer, offset, length);
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
