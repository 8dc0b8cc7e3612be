package dev.remap.jobs.catalogue;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridDecoder;

/**
 * The definition levels of a page: which of its rows have a value.
 *
 * @param runs in the format's hybrid of run lengths and packed bits
 * @param present level of a value that is there
 */
record LevelRuns(byte[] runs, int present) {
  boolean areAllPresent(int rows) {
    int width = Integer.SIZE - Integer.numberOfLeadingZeros(present);
    RunLengthBitPackingHybridDecoder levels =
        new RunLengthBitPackingHybridDecoder(
            width, ByteBufferInputStream.wrap(ByteBuffer.wrap(runs)));
    try {
      for (int row = 0; row < rows; row++) {
        if (levels.readInt() != present) {
          return false;
        }
      }
      return true;
    } catch (IOException | RuntimeException e) {
      // Damaged, which the page's own decoder will say when an image of it is read.
      return false;
    }
  }
}
