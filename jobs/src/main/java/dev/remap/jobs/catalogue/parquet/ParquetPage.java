package dev.remap.jobs.catalogue.parquet;

import dev.remap.jobs.catalogue.file.ByteRange;

/**
 * One page of values of a column of images.
 *
 * @param place where it lies, header included
 * @param rows how many it has
 * @param dictionary the page it needs beside it, or {@link ByteRange#WHOLE}
 * @param plainAt where its values begin, one after another, each behind its length in four bytes
 *     (little-endian); -1 where they are compressed, encoded, or partly missing
 */
record ParquetPage(ByteRange place, int rows, ByteRange dictionary, long plainAt) {
  boolean isPlain() {
    return plainAt >= 0;
  }
}
